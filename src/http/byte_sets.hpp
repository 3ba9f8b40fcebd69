#pragma once
// Which bytes may stand where in a message head, for those who judge it and for who reads it
// quickly.

#include "nettool/proto/web/http_token.hpp"

#include <cstddef>

namespace nettool::http {

using proto::all_in;
using proto::ByteSet;
using proto::is_in;
using proto::token_bytes;

/// Of a field value (RFC 9110 §5.5).
inline constexpr ByteSet value_bytes = [] {
    ByteSet set{};
    set['\t'] = true;
    for (std::size_t c = 0x20; c < set.size(); ++c) set[c] = c != 0x7f;
    return set;
}();

/// Of a target: all that is visible, but what must be percent-encoded.
inline constexpr ByteSet target_bytes = [] {
    ByteSet set{};
    for (std::size_t c = 0x21; c < 0x7f; ++c) set[c] = c != '#' && c != '\\';
    return set;
}();

}  // namespace nettool::http
