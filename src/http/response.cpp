#include "nettool/http/response.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/head_reader.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>

namespace nettool::http {
namespace {

using Clock = net::Stream::Clock;

constexpr unsigned max_interim = 20;

}  // namespace

Timing timing_of(const Phases& phases, Phases::Time end) {
    const auto ms = [](Phases::Time from, Phases::Time to) {
        return from == Phases::Time() || to < from
                   ? 0.0
                   : std::chrono::duration<double, std::milli>(to - from).count();
    };
    const auto tunneled = std::max(phases.connected, phases.tunneled);
    Timing timing;
    timing.name_ms = ms(phases.begun, phases.resolved);
    timing.connect_ms = ms(phases.resolved, phases.connected);
    timing.proxy_ms = ms(phases.connected, phases.tunneled);
    timing.tls_ms = ms(tunneled, phases.secured);
    timing.response_ms = ms(phases.sent, phases.first_byte);
    timing.total_ms = ms(phases.begun, end);
    return timing;
}

Response::Response(std::unique_ptr<Connection> connection, proto::Url url, const Phases& phases,
                   Home home)
    : connection_(std::move(connection)),
      url_(std::move(url)),
      phases_(phases),
      home_(std::move(home)) {}

Response::~Response() {
    if (!home_ || !body_ || !body_->finish() || !head_.keep_alive) return;
    // What came behind the answer was not asked for.
    if (!connection_->input.bytes().empty()) return;
    connection_->stream.end_whenever();
    home_(std::move(connection_));
}

awaitable<void> Response::ask(std::string_view request_head, const RequestBody* body,
                              std::string_view method, const ResponseLimits& limits) {
    const auto sent = co_await send(request_head, body);
    const error_code ec = sent.error();
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    if (ec == Errc::file_changed) throw Failure(Fault::local, "send a file", ec);
    phases_.sent = Clock::now();
    auto& stream = connection_->stream;
    if (limits.timeout.count() > 0) stream.end_by(phases_.sent + limits.timeout);
    // A server that did not want all of it may have said why before it closed.
    co_await receive_head(method, limits.head, ec);
    stream.end_whenever();
    body_.emplace(connection_->input, head_.framing, limits.max_body);
}

awaitable<result<void>> Response::send(std::string_view head, const RequestBody* body) {
    auto& stream = connection_->stream;
    const auto more = [](bool is) { return is ? net::Stream::More::yes : net::Stream::More::no; };
    const std::size_t count = body ? body->parts().size() : 0;
    // The head and a text behind it leave together.
    std::array<std::string_view, 2> first = {head, {}};
    std::size_t next = 0;
    if (count > 0 && !body->parts().front().file) first[1] = body->parts()[next++].text;
    auto sent = co_await stream.write(first, more(next < count));
    for (; sent && next < count; ++next) {
        const auto& part = body->parts()[next];
        if (part.file)
            sent = co_await stream.send_file(part.file->get(), 0, part.size);
        else
            sent = co_await stream.write(part.text, more(next + 1 < count));
    }
    co_return sent;
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
    const auto arrival =
        co_await receive_response_head(connection_->input, limits, Strictness::lenient, raw_);
    if (phases_.first_byte == Phases::Time()) phases_.first_byte = arrival.first_byte;
    if (arrival.error) fail(arrival.error, trouble_with_sending);
    if (!arrival.fault.empty())
        throw Failure(Fault::local, url_.authority() + " " + std::string(arrival.fault));
    const auto fault = judge_response(raw_, method, limits, head_);
    if (!fault.empty())
        throw Failure(Fault::local,
                      url_.authority() + " answers malformed HTTP: " + std::string(fault));
}

void Response::fail(error_code ec, error_code trouble_with_sending) {
    const auto name = url_.authority();
    lost_before_answer_ = phases_.first_byte == Phases::Time() && ec != Errc::timed_out;
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    if (ec == Errc::timed_out)
        throw Failure(Fault::network, name + " did not answer in time (--timeout, --max-time)");
    if (trouble_with_sending)
        throw Failure(Fault::network, "send to " + name, trouble_with_sending);
    if (ec != asio::error::eof) throw Failure(Fault::network, "read from " + name, ec);
    if (connection_->input.bytes().empty())
        throw Failure(Fault::network, name + " closed without an answer");
    throw Failure(Fault::network, name + " closed in the middle of its answer's head");
}

awaitable<void> Response::skip_body(std::uint64_t most) {
    const bool ends = head_.framing.kind != Framing::Kind::until_close;
    if (!ends || body_->announced().value_or(0) > most) co_return;
    constexpr auto patience = std::chrono::seconds(1);
    connection_->stream.end_by(Clock::now() + patience);
    while (!body_->at_end() && body_->size() <= most) {
        const auto piece = co_await body_->next();
        const error_code ec = piece.error();
        if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
        if (ec) co_return;
    }
}

std::unique_ptr<Connection> Response::take_connection() {
    home_ = nullptr;
    const bool clean = body_ && body_->finish() && connection_->input.bytes().empty();
    return clean ? std::move(connection_) : nullptr;
}

std::string Response::media_type() const {
    const auto type = head_.fields.find("content-type").value_or("");
    return ascii_lowered(without_blanks(type.substr(0, type.find(';'))));
}

std::string Response::status_text() const {
    return std::to_string(head_.status) + " " + escaped(head_.reason);
}

std::string Response::field(std::string_view name) const {
    return std::string(head_.fields.find(name).value_or(""));
}

}  // namespace nettool::http
