#include "nettool/http/head_reader.hpp"

#include "nettool/base/errc.hpp"

#include <algorithm>
#include <optional>

namespace nettool::http {
namespace {

using Clock = std::chrono::steady_clock;
using Progress = HeadScanner::Progress;

void take_head(net::Input& input, const HeadScanner& scanner, std::string& raw) {
    raw = input.bytes().substr(scanner.begin(), scanner.size() - scanner.begin());
    input.take(scanner.size());
}

// Whether it may become a status line; a peer that speaks another protocol is not waited for.
bool may_be_http(std::string_view bytes) {
    constexpr std::string_view begin = "HTTP/1.";
    const auto first = bytes.find_first_not_of("\r\n");
    if (first == bytes.npos) return true;
    bytes.remove_prefix(first);
    const auto size = std::min(bytes.size(), begin.size());
    return bytes.substr(0, size) == begin.substr(0, size);
}

// Who speaks something else would not know why a line has no proper end.
std::optional<Refusal> judge_protocol(std::string_view bytes) {
    constexpr char handshake = 0x16, socks4 = 4, socks5 = 5;  // no request begins so
    if (bytes.front() == handshake)
        return Refusal{400, "this is TLS, and plain HTTP is spoken here"};
    if (bytes.front() == socks4 || bytes.front() == socks5)
        return Refusal{400, "this is SOCKS, and HTTP is spoken here"};
    return {};
}

// Whether there is no more to wait for: the head is whole, or there will be none.
bool look_at(std::string_view bytes, HeadScanner& scanner, RequestArrival& arrival) {
    if (bytes.empty()) return false;
    if (arrival.first_byte == Clock::time_point()) arrival.first_byte = Clock::now();
    arrival.refusal = judge_protocol(bytes);
    if (arrival.refusal) return true;
    const auto progress = scanner.scan(bytes);
    if (progress != Progress::more && progress != Progress::whole)
        arrival.refusal = refusal_of(progress);
    return progress != Progress::more;
}

}  // namespace

awaitable<RequestArrival> receive_request_head(net::Input& input, const HeadLimits& limits,
                                               std::chrono::milliseconds time, std::string& raw) {
    RequestArrival arrival;
    HeadScanner scanner(limits, Strictness::strict);
    while (!look_at(input.bytes(), scanner, arrival)) {
        auto gap = std::chrono::milliseconds(0);
        const bool has_end = arrival.first_byte != Clock::time_point() && time.count() > 0;
        if (has_end)
            gap = std::chrono::ceil<std::chrono::milliseconds>(arrival.first_byte + time -
                                                               Clock::now());
        error_code ec = Errc::paused;
        const bool is_late = has_end && gap.count() <= 0;
        if (!is_late) {
            const auto more = co_await input.more(gap);
            ec = more.error();
        }
        if (ec == Errc::paused) arrival.refusal = Refusal{408, "the head did not come in time"};
        if (ec && ec != Errc::paused) arrival.error = ec;
        if (ec) co_return arrival;
    }
    if (!arrival.refusal) take_head(input, scanner, raw);
    co_return arrival;
}

awaitable<ResponseArrival> receive_response_head(net::Input& input, const HeadLimits& limits,
                                                 Strictness strictness, std::string& raw,
                                                 std::chrono::milliseconds gap) {
    ResponseArrival arrival;
    HeadScanner scanner(limits, strictness);
    auto progress = Progress::more;
    for (;;) {
        if (!may_be_http(input.bytes())) {
            arrival.fault = "does not speak HTTP/1";
            co_return arrival;
        }
        progress = scanner.scan(input.bytes());
        if (progress != Progress::more) break;
        const auto more = co_await input.more(gap);
        arrival.error = more.error();
        if (!more) co_return arrival;
        if (arrival.first_byte == ResponseArrival::Time()) arrival.first_byte = Clock::now();
    }
    if (progress == Progress::whole) take_head(input, scanner, raw);
    if (progress == Progress::bad_line_end)
        arrival.fault = "answers with a line that does not end in CR LF";
    if (progress == Progress::long_head || progress == Progress::long_start_line)
        arrival.fault = "answers with a head that is too long";
    co_return arrival;
}

}  // namespace nettool::http
