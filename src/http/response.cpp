#include "nettool/http/response.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>

namespace nettool::http {
namespace {

using Clock = net::Stream::Clock;

constexpr std::size_t input_bytes = 256UL * 1024;
constexpr unsigned max_interim = 20;

// Whether it may become a status line; a peer that speaks another protocol is not waited for.
bool may_be_http(std::string_view bytes) {
    constexpr std::string_view begin = "HTTP/1.";
    const auto first = bytes.find_first_not_of("\r\n");
    if (first == bytes.npos) return true;
    bytes.remove_prefix(first);
    const auto size = std::min(bytes.size(), begin.size());
    return bytes.substr(0, size) == begin.substr(0, size);
}

}  // namespace

Timing timing_of(const Phases& phases, Phases::Time end) {
    const auto ms = [](Phases::Time from, Phases::Time to) {
        return from == Phases::Time() || to < from
                   ? 0.0
                   : std::chrono::duration<double, std::milli>(to - from).count();
    };
    Timing timing;
    timing.name_ms = ms(phases.begun, phases.resolved);
    timing.connect_ms = ms(phases.resolved, phases.connected);
    timing.tls_ms = ms(phases.connected, phases.secured);
    timing.response_ms = ms(phases.sent, phases.first_byte);
    timing.total_ms = ms(phases.begun, end);
    return timing;
}

Response::Response(net::Stream stream, proto::Url url, const Phases& phases)
    : stream_(std::move(stream)),
      input_(stream_, input_bytes),
      url_(std::move(url)),
      phases_(phases) {}

awaitable<void> Response::ask(std::string_view request_head, std::string_view body,
                              std::string_view method, const HeadLimits& limits,
                              std::chrono::milliseconds timeout, std::uint64_t max_body) {
    const std::array<std::string_view, 2> parts = {request_head, body};
    const auto sent = co_await stream_.write(parts);
    const error_code ec = sent.error();
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    phases_.sent = Clock::now();
    if (timeout.count() > 0) stream_.end_by(phases_.sent + timeout);
    // A server that did not want all of it may have said why before it closed.
    co_await receive_head(method, limits, ec);
    stream_.end_whenever();
    body_.emplace(input_, head_.framing, max_body);
}

awaitable<void> Response::receive_head(std::string_view method, const HeadLimits& limits,
                                       error_code trouble_with_sending) {
    for (unsigned i = 0; i <= max_interim; ++i) {
        co_await receive_one_head(method, limits, trouble_with_sending);
        if (!head_.interim()) co_return;
    }
    throw Failure(Fault::local, url_.authority() + " sends interim responses without end");
}

awaitable<void> Response::receive_one_head(std::string_view method, const HeadLimits& limits,
                                           error_code trouble_with_sending) {
    HeadScanner scanner(limits, Strictness::lenient);
    auto progress = HeadScanner::Progress::more;
    for (;;) {
        if (!may_be_http(input_.bytes()))
            throw Failure(Fault::local, url_.authority() + " does not speak HTTP/1");
        progress = scanner.scan(input_.bytes());
        if (progress != HeadScanner::Progress::more) break;
        const auto more = co_await input_.more();
        if (!more) fail(more.error(), trouble_with_sending);
        if (phases_.first_byte == Phases::Time()) phases_.first_byte = Clock::now();
    }
    if (progress != HeadScanner::Progress::whole)
        throw Failure(Fault::local, url_.authority() + " answers with a head that is too long");
    raw_ = input_.bytes().substr(scanner.begin(), scanner.size() - scanner.begin());
    input_.take(scanner.size());
    const auto fault = judge_response(raw_, method, limits, head_);
    if (!fault.empty())
        throw Failure(Fault::local,
                      url_.authority() + " answers malformed HTTP: " + std::string(fault));
}

void Response::fail(error_code ec, error_code trouble_with_sending) const {
    const auto name = url_.authority();
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    if (ec == Errc::timed_out)
        throw Failure(Fault::network, name + " did not answer in time (--timeout)");
    if (trouble_with_sending)
        throw Failure(Fault::network, "send to " + name, trouble_with_sending);
    if (ec != asio::error::eof) throw Failure(Fault::network, "read from " + name, ec);
    if (input_.bytes().empty()) throw Failure(Fault::network, name + " closed without an answer");
    throw Failure(Fault::network, name + " closed in the middle of its answer's head");
}

std::string Response::media_type() const {
    const auto field = head_.fields.find("content-type").value_or("");
    return ascii_lowered(without_blanks(field.substr(0, field.find(';'))));
}

}  // namespace nettool::http
