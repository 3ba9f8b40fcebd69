// The way back: the answer, in a framing that the client understands.

#include "forwarding.hpp"
#include "nettool/base/errc.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/head_reader.hpp"
#include "nettool/http/ready_response.hpp"
#include "nettool/proxy/secret_mask.hpp"
#include "tunnel.hpp"

#include <boost/asio/error.hpp>

#include <array>

#include <fmt/format.h>

namespace nettool::proxy {

using Clock = std::chrono::steady_clock;
using http::Framing;

awaitable<Forwarding::Arrived> Forwarding::receive() {
    constexpr unsigned max_interim = 20;
    constexpr auto a_while = std::chrono::milliseconds(250);
    auto& exchange = client_.exchange;
    const auto& settings = service_.settings();
    for (unsigned i = 0; i <= max_interim; ++i) {
        // Most servers answer before it would be worth looking after the client.
        const bool may_pause = uploaded_ && !watch_;  // nothing else is under way to the server
        auto arrival = co_await http::receive_response_head(
            server_->input, settings.limits.head, settings.strictness, exchange.raw_response,
            may_pause ? a_while : std::chrono::milliseconds(0));
        while (arrival.error == Errc::paused) {
            watch_client();
            probe_client();
            arrival = co_await http::receive_response_head(server_->input, settings.limits.head,
                                                           settings.strictness,
                                                           exchange.raw_response, a_while * 2);
        }
        if (arrival.error || !arrival.fault.empty()) co_return fail_before_answer(arrival, i == 0);
        if (i == 0) transaction_.at.answered = arrival.first_byte;
        const auto fault = judge_answer();
        if (!fault.empty())
            co_return fail(502, "http_protocol_error",
                           server_name() + " answers malformed HTTP: " + std::string(fault));
        if (exchange.response.status == 101) {
            co_await switch_protocols();
            co_return Arrived::answer;
        }
        if (refuses_credentials())
            co_return fail(502, "http_response_incomplete",
                           server_name() + " wants other credentials (--upstream)");
        if (!exchange.response.interim()) {
            begin_answer();
            const bool passed = pass_now();
            if (!passed) co_await pass_answer();
            co_return Arrived::answer;
        }
        const bool passed = co_await pass_interim();
        if (!passed) co_return Arrived::failed;
    }
    co_return fail(502, "http_protocol_error",
                   server_name() + " sends interim responses without end");
}

// A client that has finished may still listen, or be no more: its system says so when it is told
// something, and an interim response may come at any time (RFC 9110 §15.2).
void Forwarding::probe_client() {
    const bool may_be_told = client_.exchange.request.minor_version > 0 && !probed_;
    if (!may_be_told || !client_.stream.has_finished()) return;
    probed_ = true;
    std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
    (void)send_now(client_.stream, interim);
}

void Forwarding::watch_client() {
    if (watch_) return;
    watch_.emplace(client_.stream, [this] {
        client_left_ = true;
        if (server_) server_->stream.reset();
    });
}

std::string_view Forwarding::judge_answer() {
    auto& exchange = client_.exchange;
    const auto& settings = service_.settings();
    auto& response = exchange.response;
    const auto fault = http::judge_response(exchange.raw_response, exchange.request.method,
                                            settings.limits.head, response, settings.strictness);
    if (!fault.empty()) return fault;
    // Whoever reads on after us may believe the other one (RFC 9112 §6.3).
    if (response.fields.count("transfer-encoding") > 0 &&
        response.fields.count("content-length") > 0)
        return "both Transfer-Encoding and Content-Length";
    // Who is lenient reads past such a line, and that part of the value would be lost.
    const auto& raw = exchange.raw_response;
    if (raw.find("\n ") != raw.npos || raw.find("\n\t") != raw.npos)
        return "a field is folded over lines";
    const bool is_websocket =
        equal_ignoring_case(response.fields.find("upgrade").value_or(""), "websocket");
    if (response.status == 101 && !(is_websocket && asks_for_websocket(exchange.request)))
        return "it changes to a protocol that it was not asked for";
    return {};
}

void Forwarding::write_response_head(const Framing& framing, std::string_view connection) {
    auto& exchange = client_.exchange;
    ResponseChanges changes;
    changes.pseudonym = service_.settings().pseudonym;
    changes.framing = framing;
    changes.connection = connection;
    if (!exchange.response.interim())
        changes.date = http::date_of(std::chrono::system_clock::now());
    changes.origin = exchange.origin;
    changes.own_origin = exchange.own_origin;
    if (to_.is_path) changes.path_style = to_.authority;
    exchange.sent.clear();
    append_response_head(exchange.sent, exchange.response, exchange.request.method, changes);
    if (!service_.parts().observer.wants_heads()) return;
    transaction_.heads.response_received = without_secrets(exchange.raw_response);
    transaction_.heads.response_sent = without_secrets(exchange.sent);
}

// HTTP/1.0 knows none (RFC 9110 §15.2).
awaitable<bool> Forwarding::pass_interim() {
    if (client_.exchange.request.minor_version == 0) co_return true;
    write_response_head({}, {});
    const auto ec = co_await send_to(client_.stream, client_.exchange.sent);
    if (!ec) co_return true;
    net::Copied broken;
    broken.write = ec;
    break_off(broken);
    co_return false;
}

// Of ours, which the client cannot mend.
bool Forwarding::refuses_credentials() const {
    constexpr unsigned credentials_wanted = 407;
    return client_.exchange.response.status == credentials_wanted && service_.settings().upstream &&
           !to_.secured;
}

void Forwarding::begin_answer() {
    server_->stream.end_whenever();
    const auto& request = client_.exchange.request;
    const auto& response = client_.exchange.response;
    passed_ = response.framing;
    const bool is_old = request.minor_version == 0;
    const bool has_no_size =
        passed_.kind == Framing::Kind::chunked || passed_.kind == Framing::Kind::until_close;
    if (has_no_size) passed_.kind = is_old ? Framing::Kind::until_close : Framing::Kind::chunked;
    outcome_.keeps = request.keep_alive && !is_old && uploaded_;
    write_response_head(passed_, outcome_.keeps ? "" : "close");
    transaction_.status = response.status;
}

// Most answers are here as a whole, and leave as one.
bool Forwarding::pass_now() {
    constexpr std::size_t worth_copying = 16UL * 1024;
    const auto& framing = client_.exchange.response.framing;
    if (framing.kind != Framing::Kind::none && framing.kind != Framing::Kind::length) return false;
    const auto here = server_->input.bytes().substr(0, framing.length);
    if (here.size() < framing.length || here.size() > worth_copying) return false;
    auto& text = client_.exchange.sent;
    text.append(here);
    server_->input.take(here.size());
    std::string_view left = text;
    net::Copied copied;
    copied.bytes = framing.length;
    copied.write = send_now(client_.stream, left);
    passed_now_ = text.size() - left.size();
    if (!copied.write && !left.empty()) return false;
    end_answer(copied);
    return true;
}

awaitable<void> Forwarding::pass_answer() {
    const auto& framing = client_.exchange.response.framing;
    const bool in_chunks = passed_.kind == Framing::Kind::chunked;
    watch_client();
    net::Copied copied;
    if (framing.kind == Framing::Kind::chunked)
        copied = co_await pass_chunks(in_chunks);
    else if (framing.kind == Framing::Kind::until_close)
        copied = co_await pass_to_the_end(in_chunks);
    else
        copied = co_await pass_length(framing.length);
    end_answer(copied);
}

void Forwarding::end_answer(const net::Copied& copied) {
    transaction_.sent_bytes = copied.bytes;
    watch_.reset();
    if (copied.read || copied.write) break_off(copied);
    // What came behind the answer was not asked for, and must not become the next one.
    keeps_server_ = !copied.read && !copied.write && client_.exchange.response.keep_alive &&
                    uploaded_ && server_->input.bytes().empty();
}

awaitable<net::Copied> Forwarding::pass_length(std::uint64_t length) {
    const std::string_view text = client_.exchange.sent;
    const auto here = server_->input.bytes().substr(0, length);
    net::Copied copied;
    if (passed_now_) {
        const auto written = co_await client_.stream.write(text.substr(*passed_now_));
        copied.write = written.error();
        copied.bytes = length;
        co_return copied;
    }
    const std::array<std::string_view, 2> parts = {text, here};
    const auto written = co_await client_.stream.write(parts);
    copied.write = written.error();
    copied.bytes = here.size();
    server_->input.take(here.size());
    if (copied.write || copied.bytes == length) co_return copied;
    auto rest =
        co_await net::relay(server_->stream, client_.stream, length - copied.bytes, lane_.tools);
    rest.bytes += copied.bytes;
    co_return rest;
}

// The head waits for the first piece if that is here.
awaitable<error_code> Forwarding::begin_pieces(bool first_is_here) {
    unsent_ = std::move(client_.exchange.sent);
    if (first_is_here) co_return error_code();
    const auto text = std::exchange(unsent_, {});
    co_return co_await send_to(client_.stream, text);
}

awaitable<error_code> Forwarding::send_piece(std::string_view piece, bool in_chunks) {
    const auto head = std::exchange(unsent_, {});
    const auto size_line = in_chunks ? fmt::format("{:x}\r\n", piece.size()) : std::string();
    const std::string_view end = in_chunks ? "\r\n" : "";
    const std::array<std::string_view, 4> parts = {head, size_line, piece, end};
    const auto written = co_await client_.stream.write(parts);
    co_return written.error();
}

awaitable<net::Copied> Forwarding::pass_chunks(bool in_chunks) {
    net::Copied copied;
    http::BodyReader body(server_->input, client_.exchange.response.framing, net::no_end);
    const auto here = server_->input.bytes();
    const auto first_size_line = here.find('\n');
    copied.write = co_await begin_pieces(first_size_line < here.size() - 1);
    while (!copied.write) {
        const auto piece = co_await body.next();
        copied.read = piece.error();
        if (!piece) co_return copied;
        if (piece->empty()) break;
        copied.write = co_await send_piece(*piece, in_chunks);
        copied.bytes = body.size();
    }
    if (copied.write || (!in_chunks && unsent_.empty())) co_return copied;
    auto end = std::exchange(unsent_, {});
    if (in_chunks) end.append("0\r\n").append(body.trailers()).append("\r\n");
    copied.write = co_await send_to(client_.stream, end);
    co_return copied;
}

awaitable<net::Copied> Forwarding::pass_to_the_end(bool in_chunks) {
    net::Copied copied;
    auto& input = server_->input;
    copied.write = co_await begin_pieces(!input.bytes().empty());
    while (!copied.write) {
        if (!input.bytes().empty()) {
            copied.write = co_await send_piece(input.bytes(), in_chunks);
            copied.bytes += input.bytes().size();
            input.take(input.bytes().size());
        }
        if (copied.write) break;
        const auto more = co_await input.more();
        if (more) continue;
        if (more.error() != asio::error::eof) copied.read = more.error();
        break;
    }
    if (copied.read || copied.write || !in_chunks) co_return copied;
    copied.write = co_await send_to(client_.stream, "0\r\n\r\n");
    co_return copied;
}

awaitable<void> Forwarding::switch_protocols() {
    watch_.reset();  // the tunnel looks after both
    server_->stream.end_whenever();
    write_response_head({}, "Upgrade");
    transaction_.status = client_.exchange.response.status;
    outcome_.keeps = false;
    const auto ec = co_await send_to(client_.stream, client_.exchange.sent);
    if (ec) co_return;
    const TunnelEnd here{client_.stream, client_.input}, there{server_->stream, server_->input};
    co_await carry_both_ways(service_, lane_, here, there, transaction_);
}

}  // namespace nettool::proxy
