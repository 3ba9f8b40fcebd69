#include "request_line.hpp"

#include "nettool/base/text.hpp"
#include "nettool/proxy/phases.hpp"

#include <fmt/format.h>

namespace nettool::commands {
namespace {

// Where a line still fits a wide window.
constexpr std::size_t longest_url = 120;

// Of RFC 3339: hours to milliseconds, in UTC.
std::string_view time_of_day(std::string_view time) {
    constexpr std::size_t begin = 11, size = 12;
    return time.size() < begin ? time : time.substr(begin, size);
}

// Not within a character, see quoted().
std::string shortened(std::string_view url) {
    if (url.size() <= longest_url) return escaped(url);
    auto shown = url.substr(0, longest_url);
    while (!shown.empty() && (url[shown.size()] & 0xc0) == 0x80) shown.remove_suffix(1);
    return escaped(shown) + "…";
}

double milliseconds(std::chrono::nanoseconds time) {
    constexpr double microseconds_in_one = 1000;
    return static_cast<double>(time / std::chrono::microseconds(1)) / microseconds_in_one;
}

std::string line_of(const ProxiedRequest& request, const std::string& url) {
    std::string line;
    line.reserve(256);
    const auto out = std::back_inserter(line);
    fmt::format_to(out, "{} {} {} {} ", time_of_day(request.time), to_string(request.client),
                   request.method.empty() ? "-" : escaped(request.method), url.empty() ? "-" : url);
    if (request.status != 0)
        fmt::format_to(out, "{}", request.status);
    else
        line += '-';
    fmt::format_to(out, " {} B {:.1f} ms", request.sent_bytes, request.time_ms);
    if (!request.server.empty()) line.append(" -> ").append(escaped(request.server));
    if (!request.connection.empty()) line.append(" ").append(request.connection);
    if (request.tunnel) line += " tunnel";
    if (!request.cause.empty()) line.append(": ").append(escaped(request.cause));
    if (!request.injected.empty())
        line.append(" [injected: ").append(escaped(request.injected)).append("]");
    return line;
}

}  // namespace

std::string print(const ProxiedRequest& request) {
    return line_of(request, shortened(request.url));
}

std::string whole_line(const ProxiedRequest& request) {
    return line_of(request, escaped(request.url));
}

ProxiedRequest proxied_request(const proxy::Transaction& transaction) {
    ProxiedRequest request;
    request.time = rfc3339(transaction.time);
    request.client = transaction.client;
    request.method = transaction.method;
    request.url = transaction.url;
    request.status = transaction.status;
    request.sent_bytes = transaction.sent_bytes;
    request.received_bytes = transaction.received_bytes;
    request.time_ms = milliseconds(proxy::duration_of(transaction));
    if (transaction.server) {
        request.server = to_string(*transaction.server);
        request.connection = transaction.reused ? "kept" : "new";
    }
    request.tunnel = transaction.tunnel;
    request.cause = transaction.cause;
    request.error = transaction.error;
    request.injected = transaction.injected;
    return request;
}

}  // namespace nettool::commands
