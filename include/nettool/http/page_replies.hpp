#pragma once
// What the pages that show a server at work say with every answer: that it is for them alone and
// for now.

#include "nettool/http/reply_fields.hpp"

#include <cstddef>
#include <string_view>

namespace nettool::http {

/// How many may look at a time, and what one more is told.
inline constexpr std::size_t most_page_connections = 256;
inline constexpr std::string_view page_busy =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
    "Connection: close\r\n\r\n";

/// For heads and refusals; the methods are GET, HEAD and DELETE.
const ReplyFields& page_replies();

/// The head of an answer that is no refusal, of this media type if it has one.
HeadWriter page_success(unsigned status, std::string_view type = {});

}  // namespace nettool::http
