// The way there: a connection to the server, the request's head, and its body beside whatever the
// server says meanwhile.

#include "forwarding.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/http/head_reader.hpp"
#include "nettool/http/request.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proxy/secret_mask.hpp"
#include "upstream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nettool::proxy {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using http::Framing;

Forwarding::Forwarding(const Service& service, Lane& lane, const Client& client,
                       const Destination& to, Transaction& transaction)
    : service_(service), lane_(lane), client_(client), to_(to), transaction_(transaction) {}

// Once more on another connection, if the one that waited has been closed meanwhile.
bool Forwarding::may_repeat() const {
    return framing().kind == Framing::Kind::none &&
           http::is_idempotent(client_.exchange.request.method);
}

awaitable<Outcome> Forwarding::run() {
    const auto& request = client_.exchange.request;
    const auto most = service_.settings().limits.max_body;
    if (request.framing.kind == Framing::Kind::length && request.framing.length > most) {
        fail(413, "http_request_error",
             fmt::format("the body has {} bytes, and {} may pass (--max-body)",
                         request.framing.length, most));
        co_return outcome_;
    }
    place_ = place_of(service_, to_);
    if (may_repeat()) server_ = lane_.pool.take(place_);
    auto arrived = Arrived::stale;
    if (server_) {
        transaction_.reused = true;
        transaction_.server = server_->stream.flow().peer;
        arrived = co_await ask();
    }
    if (arrived == Arrived::stale) {
        watch_.reset();
        transaction_.reused = false;
        transaction_.server.reset();
        auto connected = co_await connect(service_, lane_, to_, transaction_);
        outcome_.refused = std::move(connected.refused);
        server_ = std::move(connected.connection);
        if (server_)
            co_await ask();
        else
            outcome_.keeps = request.keep_alive && framing().kind == Framing::Kind::none;
    }
    finish();
    co_return outcome_;
}

void Forwarding::finish() {
    constexpr auto kept = 20s;  // less than most servers wait
    watch_.reset();
    if (!server_ || !keeps_server_) return;
    server_->stream.limit_idle(kept);
    lane_.pool.put(std::move(place_), std::move(server_));
}

void Forwarding::write_request_head() {
    auto& exchange = client_.exchange;
    RequestChanges changes;
    changes.pseudonym = service_.settings().pseudonym;
    changes.whole_url = service_.settings().upstream && !to_.secured;
    std::string credentials;
    if (changes.whole_url) credentials = upstream_credentials(service_);
    changes.proxy_credentials = credentials;
    changes.max_forwards = exchange.forwards_left;
    changes.forwarded = exchange.forwarded;
    changes.was_for_us = service_.settings().reverse && service_.parts().credentials;
    exchange.sent.clear();
    append_request_head(exchange.sent, exchange.request, to_, changes);
    if (service_.parts().observer.wants_heads())
        transaction_.heads.request_sent = without_secrets(exchange.sent);
}

awaitable<Forwarding::Arrived> Forwarding::ask() {
    server_->stream.limit_idle(service_.settings().limits.quiet);
    write_request_head();
    auto& text = client_.exchange.sent;
    if (framing().kind == Framing::Kind::length) {
        const auto here = client_.input.bytes().substr(0, framing().length);
        text.append(here);
        left_to_upload_ = framing().length - here.size();
        transaction_.received_bytes = here.size();
        client_.input.take(here.size());
    }
    uploaded_ = framing().kind != Framing::Kind::chunked && left_to_upload_ == 0;
    // Requests that have come together leave together: their servers wake up once for all of them.
    co_await asio::post(lane_.strand, asio::use_awaitable);
    // Where that fails, the server may have said why before it closed.
    std::string_view left = text;
    const error_code failed = send_now(server_->stream, left);
    if (!failed && !left.empty()) (void)co_await server_->stream.write(left);
    transaction_.at.sent = Clock::now();
    if (!uploaded_) co_return co_await ask_with_body();
    expect_answer(transaction_.at.sent);
    co_return co_await receive();
}

// The answer may come before the end of the request, and may be all that the server wanted to say
// to it (RFC 9112 §9.6); or the client waits for an interim one to send its body.
awaitable<Forwarding::Arrived> Forwarding::ask_with_body() {
    std::exception_ptr failure;
    net::TaskGroup uploads(lane_.strand, [&](std::exception_ptr e) {
        failure = e;
        server_->stream.reset();
    });
    client_.stream.limit_idle(service_.settings().limits.idle);
    uploads.spawn(upload());
    auto arrived = Arrived::failed;
    try {
        arrived = co_await receive();
    } catch (...) {
        failure = std::current_exception();
    }
    if (!uploaded_) uploads.cancel(asio::cancellation_type::terminal);
    co_await uploads.join();
    if (failure) std::rethrow_exception(failure);
    if (uploaded_) co_return arrived;
    outcome_.keeps = false;
    keeps_server_ = false;
    co_return arrived;
}

awaitable<void> Forwarding::upload() {
    co_await net::note_requests_to_stop();
    if (framing().kind == Framing::Kind::chunked)
        co_await upload_chunks();
    else
        co_await upload_length();
    if (!uploaded_) co_return;
    const bool is_answered = transaction_.status != 0;
    client_.stream.limit_idle(service_.settings().limits.quiet);
    if (is_answered) co_return;
    expect_answer(Clock::now());
    watch_client();
}

// From now on it is the server that is waited for.
void Forwarding::expect_answer(Milestones::Time from) {
    const auto timeout = service_.settings().limits.timeout;
    if (timeout.count() > 0) server_->stream.end_by(from + timeout);
}

awaitable<void> Forwarding::upload_length() {
    const auto copied =
        co_await net::relay(client_.stream, server_->stream, left_to_upload_, lane_.tools);
    transaction_.received_bytes += copied.bytes;
    uploaded_ = !copied.write && copied.bytes == left_to_upload_;
    if (copied.read) stop_upload(copied.read);
}

awaitable<void> Forwarding::upload_chunks() {
    http::BodyReader body(client_.input, framing(), service_.settings().limits.max_body);
    for (;;) {
        const auto piece = co_await body.next();
        if (!piece) {
            stop_upload(piece.error());
            co_return;
        }
        if (piece->empty()) break;
        transaction_.received_bytes = body.size();
        const auto size_line = fmt::format("{:x}\r\n", piece->size());
        const std::array<std::string_view, 3> parts = {size_line, *piece, "\r\n"};
        const auto written = co_await server_->stream.write(parts);
        if (!written) co_return;  // its answer says why
    }
    const std::array<std::string_view, 3> parts = {"0\r\n", body.trailers(), "\r\n"};
    const auto written = co_await server_->stream.write(parts);
    uploaded_ = written.has_value();
}

// Half a request is none: the server must not take it for a whole one, whatever comes next.
void Forwarding::stop_upload(error_code ec) {
    if (ec == asio::error::operation_aborted) return;
    upload_trouble_ = ec;
    server_->stream.reset();
}

error_code send_now(net::Stream& stream, std::string_view& text) {
    const auto sent = stream.write_now(text);
    if (sent) text.remove_prefix(*sent);
    return sent.error() == asio::error::would_block ? error_code() : sent.error();
}

awaitable<error_code> send_to(net::Stream& stream, std::string_view text) {
    const error_code ec = send_now(stream, text);
    if (ec || text.empty()) co_return ec;
    const auto written = co_await stream.write(text);
    co_return written.error();
}

}  // namespace nettool::proxy
