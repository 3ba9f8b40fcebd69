#include "session_hall.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace nettool::cli {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t max_refusals = 64;  // being told so; beyond, dropped without a word

// As the requests of HTTP begin; a record of TLS never does (RFC 8446, section 5.1).
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

awaitable<void> turn_away(net::Stream stream, std::string busy) {
    const auto told = co_await stream.write(busy);
    if (told) co_await stream.finish();
}

}  // namespace

SessionHall::SessionHall(Context& context, Server::Session session, net::TlsContext tls,
                         Server::Session plaintext, Admission admission)
    : context_(context),
      session_(std::move(session)),
      tls_(std::move(tls)),
      plaintext_(std::move(plaintext)),
      admission_(std::move(admission)),
      acceptors_(context.executor, [this](std::exception_ptr e) { log_failure(e); }),
      sessions_(context.executor, [this](std::exception_ptr e) { log_failure(e); }),
      refusals_(context.executor, [](std::exception_ptr) {}) {}

awaitable<void> SessionHall::run(std::vector<net::Listener>& listeners) {
    for (auto& listener : listeners) acceptors_.spawn(accept_from(listener));
    co_await acceptors_.join();
    for (auto& listener : listeners) listener.close();
    co_await sessions_.join();
    co_await refusals_.join();
}

awaitable<void> SessionHall::accept_from(net::Listener& listener) {
    co_await net::hear_requests_to_stop();
    bool told = false;  // once, for this comes many times a second
    while (!full_ && !co_await net::stop_requested()) {
        auto stream = co_await listener.accept();
        if (stream) {
            told = false;
            admit(*std::move(stream));
            continue;
        }
        if (stream.error() == asio::error::operation_aborted) continue;
        if (stream.error() == asio::error::connection_aborted) continue;  // it left the queue
        if (!std::exchange(told, true)) context_.log.error("accept: " + stream.error().message());
        co_await net::pause(100ms);  // out of descriptors, most likely: let some sessions end
    }
    listener.close();  // newcomers are refused while the last sessions finish
}

void SessionHall::admit(net::Stream stream) {
    const auto strand = stream.get_executor();
    if (full_) return;
    if (sessions_.size() < admission_.max_sessions)
        sessions_.spawn(strand, serve_one(std::move(stream)));
    else if (refusals_.size() < max_refusals && !tls_)  // no word without a handshake
        refusals_.spawn(strand, turn_away(std::move(stream), admission_.busy));
    if (!admission_.once) return;
    full_ = true;
    acceptors_.cancel(asio::cancellation_type::total);
}

awaitable<void> SessionHall::serve_one(net::Stream stream) const {
    if (tls_ && plaintext_) {
        const auto come = co_await stream.wait_readable();
        const auto first = come ? stream.peek() : std::nullopt;
        if (first && is_letter(*first)) co_return co_await plaintext_(std::move(stream));
    }
    if (tls_) {
        const auto shaken = co_await stream.start_tls(tls_);
        if (!shaken) {
            context_.log.notice(to_string(stream.flow().peer) +
                                ": TLS handshake: " + shaken.error().message());
            co_return;
        }
    }
    co_await session_(std::move(stream));
}

// One failed session is one line in the log, never the end of the server.
void SessionHall::log_failure(std::exception_ptr failure) const try {
    std::rethrow_exception(failure);
} catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted)
        context_.log.error("session: " + error.code().message());
} catch (const std::exception& error) {
    context_.log.error(std::string("session: ") + error.what());
}

}  // namespace nettool::cli
