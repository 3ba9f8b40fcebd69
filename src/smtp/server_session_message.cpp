// The messages of a server's session: received, and stored before anybody hears of it.

#include "nettool/base/errc.hpp"
#include "nettool/smtp/server_session.hpp"
#include "received_body.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace nettool::smtp {
namespace {

// What a client can do about it that the disk would not take its message (RFC 5321 §4.2.3).
proto::SmtpReply refusal_of(error_code ec) {
    namespace errc = boost::system::errc;
    const bool full = ec == errc::no_space_on_device ||
                      ec == error_code(EDQUOT, boost::system::system_category());
    if (full) return {452, {"4.3.1 the disk is full"}};
    return {451, {"4.3.0 it could not be stored"}};
}

constexpr std::uint64_t small = 4096;  // in bytes: no more than what the input holds at first

}  // namespace

awaitable<error_code> ServerSession::more_of_message() {
    const auto ec = co_await more();
    if (ec == Errc::paused)
        co_await leave(421, "4.4.2 " + settings_.smtp.host + " has waited long enough");
    if (ec) record_end(ec, "before the end of the message; nothing of it is kept");
    co_return ec;
}

awaitable<bool> ServerSession::receive_message() {
    if (!co_await flush()) co_return false;
    allow(settings_.message_time);
    auto body = std::make_unique<Body>(parts_.store, settings_.smtp.max_size);
    proto::MailDataReader reader;
    const proto::MailDataReader::Sink sink = [&body](std::string_view piece) {
        body->write(piece);
    };
    for (std::uint64_t dots = 0;;) {
        auto left = input_.bytes();
        const auto had = left.size();
        const bool ended = reader.feed(left, sink);
        input_.take(had - left.size());
        if (ended) break;
        // Who types a message by hand waits for an answer to it.
        if (reader.defects().lf_dots > dots) {
            dots = reader.defects().lf_dots;
            record_event(
                "a dot alone ends a message only between two CR LF, and here came LF (nc -C)");
        }
        // Nothing has been promised, so nothing is kept (§4.1.1.4).
        if (co_await more_of_message()) co_return false;
    }
    allow_any_time();
    body->defects = reader.defects();
    record_message(reader.size());
    co_return co_await finish_message(std::move(body));
}

awaitable<bool> ServerSession::receive_chunk() {
    const bool keeps = dialog_.keeps_chunk();
    const auto size = dialog_.chunk_size();
    const bool last = dialog_.is_last_chunk();
    Body thrown_away(nullptr, UINT64_MAX);
    if (keeps && dialog_.is_first_chunk())
        chunks_ = std::make_unique<Body>(parts_.store, settings_.smtp.max_size);
    if (!co_await receive_chunk_bytes(keeps ? *chunks_ : thrown_away, size)) co_return false;
    record_message(size);
    if (keeps && last && !chunks_->is_too_long())
        co_return co_await finish_message(std::move(chunks_));
    const auto step = dialog_.on_chunk(keeps && chunks_->is_too_long());
    co_return co_await say(step.reply);
}

awaitable<bool> ServerSession::receive_chunk_bytes(Body& body, std::uint64_t size) {
    allow(settings_.message_time);
    while (size > 0) {
        const auto piece = input_.bytes().substr(
            0, static_cast<std::size_t>(std::min<std::uint64_t>(size, input_.bytes().size())));
        body.write(piece);
        size -= piece.size();
        input_.take(piece.size());
        if (size == 0) break;
        if (!co_await flush()) co_return false;
        if (co_await more_of_message()) co_return false;
    }
    allow_any_time();
    co_return true;
}

// 250 only when it is on the disk.
awaitable<bool> ServerSession::finish_message(std::unique_ptr<Body> body) {
    std::optional<proto::SmtpReply> refusal;
    if (parts_.faults) {
        proto::FaultRules::Field field =
            [&body](std::string_view name) -> std::optional<std::string_view> {
            if (name == "message") return body->beginning();
            return std::nullopt;
        };
        auto injected = co_await inject(std::move(field));
        if (injected.lost) co_return false;
        refusal = std::move(injected.reply);
    }
    const bool loose = body->defects.bare_cr + body->defects.bare_lf > 0;
    const bool refuses = settings_.strict && loose;
    const auto envelope = dialog_.envelope();
    const auto protocol = dialog_.protocol();
    const Received received{envelope, dialog_,       transcript_, protocol,
                            tls_,     body->defects, body->size()};
    MailStore::Kept kept;
    if (body->is_too_long()) {
        refusal = dialog_.too_long();
    } else if (refuses) {
        refusal = proto::SmtpReply{550, {"5.5.2 lines end with CR LF (RFC 5321 2.3.8)"}};
    } else if (body->trouble()) {
        refusal = not_stored(body->trouble());
    } else if (!refusal) {
        auto stored = co_await keep(body->take(), received);
        if (stored)
            kept = *std::move(stored);
        else
            refusal = not_stored(stored.error());
    }
    const bool takes = !refusal;
    const auto step = dialog_.on_message(kept.id, refusal);
    bool said = co_await say(step.reply);
    if (takes) said = co_await tell_stored(kept, received) && said;
    transcript_.end_mail();
    if (body->size() > small) input_.release();  // the message may have made it large
    if (!refuses) co_return said;
    // Who hides one message in another may have sent more behind it.
    (void)co_await flush();
    co_return false;
}

// Whatever they make of it, the client hears that it has been stored.
awaitable<bool> ServerSession::tell_stored(const MailStore::Kept& kept, const Received& received) {
    std::exception_ptr trouble;
    try {
        if (parts_.stored) parts_.stored(kept, received);
    } catch (...) {
        trouble = std::current_exception();
    }
    if (!trouble) co_return true;
    (void)co_await flush();
    std::rethrow_exception(trouble);
}

proto::SmtpReply ServerSession::not_stored(error_code ec) const {
    if (parts_.not_stored) parts_.not_stored(ec);
    return refusal_of(ec);
}

awaitable<result<MailStore::Kept>> ServerSession::keep(std::unique_ptr<MailStore::Incoming> message,
                                                       const Received& received) {
    if (!message) co_return MailStore::Kept{};
    auto envelope = parts_.envelope_text ? parts_.envelope_text(received) : "{}";
    auto kept = co_await parts_.store->keep(std::move(message), std::move(envelope));
    const error_code ec = kept.error();
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    co_return kept;
}

}  // namespace nettool::smtp
