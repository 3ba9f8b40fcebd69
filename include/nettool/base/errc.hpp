#pragma once
// Every failure nettool itself can report, as one error_code category.

#include <boost/system/error_category.hpp>
#include <boost/system/is_error_code_enum.hpp>

namespace nettool {

enum class Errc {
    message_too_long = 1,
    paused,     // nothing came for a gap: not a failure but the end of a message
    timed_out,  // the peer was silent for too long
    cut_short,  // TLS ended without close_notify
    bad_endpoint,
    malformed,     // the peer breaks its protocol
    file_changed,  // became shorter or was written over while it was sent
};

boost::system::error_code make_error_code(Errc errc) noexcept;

}  // namespace nettool

template <>
struct boost::system::is_error_code_enum<nettool::Errc> : std::true_type {};
