#pragma once
// A response that is sent to many: all of it in one piece, as it goes to a client that stays.

#include "nettool/base/clock.hpp"

#include <string>
#include <string_view>

namespace nettool::http {

class ReadyResponse {
public:
    ReadyResponse() = default;
    /// `fields`: the head up to its fields for the connection, without the empty line; Date and
    /// Content-Length are added.
    ReadyResponse(unsigned status, std::string_view fields, std::string_view body, WallTime time);

    unsigned status() const noexcept { return status_; }
    /// The whole of it, for HTTP/1.1 and a connection that is kept.
    std::string_view text() const noexcept { return text_; }
    /// For all others: without the empty line.
    std::string_view head() const noexcept {
        return std::string_view(text_).substr(0, body_begin_ - 2);
    }
    std::string_view body() const noexcept { return std::string_view(text_).substr(body_begin_); }

private:
    unsigned status_ = 0;
    std::size_t body_begin_ = 2;
    std::string text_ = "\r\n";
};

/// The value of a Date field; the same text for all of a second.
std::string_view date_of(WallTime time);

}  // namespace nettool::http
