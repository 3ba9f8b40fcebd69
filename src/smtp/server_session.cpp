#include "nettool/smtp/server_session.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace nettool::smtp {
namespace {

constexpr std::size_t input_bytes = 64UL * 1024;

void rethrow_if_aborted(error_code ec) {
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
}

// What a client can do about it that the disk would not take its message (RFC 5321 §4.2.3).
proto::SmtpReply refusal_of(error_code ec) {
    namespace errc = boost::system::errc;
    const bool full = ec == errc::no_space_on_device ||
                      ec == error_code(EDQUOT, boost::system::system_category());
    if (full) return {452, {"4.3.1 the disk is full"}};
    return {451, {"4.3.0 it could not be stored"}};
}

}  // namespace

// What comes of a message; more than the limit is read and thrown away.
class ServerSession::Body {
public:
    Body(MailStore* store, std::uint64_t max_size) : max_size_(max_size) {
        if (store) message_ = std::make_unique<MailStore::Incoming>(*store);
    }

    void write(std::string_view bytes) {
        size_ += bytes.size();
        if (size_ > max_size_ || trouble_) message_.reset();
        if (!message_) return;
        try {
            message_->write(bytes);
        } catch (const Failure& failure) {
            trouble_ = failure.cause();
        }
    }

    std::uint64_t size() const noexcept { return size_; }
    bool is_too_long() const noexcept { return size_ > max_size_; }
    error_code trouble() const noexcept { return trouble_; }
    std::unique_ptr<MailStore::Incoming> take() { return std::move(message_); }

    proto::DataDefects defects;

private:
    std::unique_ptr<MailStore::Incoming> message_;
    std::uint64_t max_size_;
    std::uint64_t size_ = 0;
    error_code trouble_;
};

ServerSession::ServerSession(net::Stream& stream, SessionSettings settings, SessionParts parts)
    : stream_(stream),
      settings_(std::move(settings)),
      parts_(std::move(parts)),
      input_(stream, input_bytes),
      dialog_(settings_.smtp) {}

ServerSession::~ServerSession() = default;

awaitable<void> ServerSession::run() {
    stream_.limit_idle(settings_.idle);
    if (!co_await say(dialog_.greeting())) co_return;
    for (;;) {
        const auto line = co_await read_line();
        if (too_long_line_) {
            too_long_line_ = false;
            if (!co_await obey(dialog_.on_long_line())) co_return;
            continue;
        }
        if (!line) co_return;
        note(transcript_.client(*line, std::chrono::system_clock::now()));
        if (!co_await obey(dialog_.on_line(*line))) co_return;
    }
}

void ServerSession::note(const proto::TranscriptLine& line) const {
    if (parts_.said) parts_.said(line);
}

// False once the connection is over.
awaitable<bool> ServerSession::say(const proto::SmtpReply& reply) {
    const auto wire = proto::to_wire(reply);
    for (std::string_view lines(wire); !lines.empty();) {
        const auto line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(line.size() + 2);
        note(transcript_.server(line, std::chrono::system_clock::now()));
    }
    unsent_ += wire;
    // Commands that came together are answered together.
    const bool more = input_.bytes().find('\n') != std::string_view::npos;
    if (more) co_return true;
    co_return co_await flush();
}

awaitable<bool> ServerSession::flush() {
    const auto text = std::exchange(unsent_, {});
    if (text.empty()) co_return true;
    const auto written = co_await stream_.write(text);
    const error_code ec = written.error();
    rethrow_if_aborted(ec);
    co_return !ec;
}

// Nothing at the end; see too_long_line_.
awaitable<std::optional<std::string>> ServerSession::read_line() {
    bool skips = false;
    if (settings_.command_time.count() > 0 && !input_.bytes().empty())
        stream_.end_by(net::Stream::Clock::now() + settings_.command_time);
    for (;;) {
        const auto bytes = input_.bytes();
        const auto end = bytes.find('\n');
        if (end == bytes.npos && bytes.size() > settings_.max_command) {
            skips = true;
            input_.take(bytes.size());
            continue;
        }
        if (end != bytes.npos) {
            auto line = bytes.substr(0, end);
            if (line.ends_with('\r')) line.remove_suffix(1);
            too_long_line_ = skips || end >= settings_.max_command;
            std::string said(line);
            input_.take(end + 1);
            stream_.end_whenever();
            co_return said;
        }
        const bool begins = bytes.empty();
        if (!co_await flush()) co_return std::nullopt;
        const auto more = co_await input_.more();
        const error_code ec = more.error();
        rethrow_if_aborted(ec);
        if (ec == Errc::timed_out)
            co_await leave(421, "4.4.2 " + settings_.smtp.host + " has waited long enough");
        if (ec) co_return std::nullopt;
        if (begins && settings_.command_time.count() > 0)
            stream_.end_by(net::Stream::Clock::now() + settings_.command_time);
    }
}

awaitable<void> ServerSession::leave(unsigned code, std::string words) {
    stream_.end_whenever();
    proto::SmtpReply reply{code, {std::move(words)}};
    if (co_await say(reply)) (void)co_await flush();
}

awaitable<bool> ServerSession::obey(const Step& step) {
    using Next = proto::SmtpDialog::Next;
    if (step.next == Next::chunk) co_return co_await receive_chunk();
    if (!co_await say(step.reply)) co_return false;
    switch (step.next) {
        case Next::command:
        case Next::auth:
        case Next::chunk: co_return true;
        case Next::data: co_return co_await receive_message();
        case Next::start_tls: co_return co_await begin_tls();
        case Next::close: break;
    }
    (void)co_await flush();
    co_return false;
}

awaitable<bool> ServerSession::receive_message() {
    if (!co_await flush()) co_return false;
    auto body = std::make_unique<Body>(parts_.store, settings_.smtp.max_size);
    proto::MailDataReader reader;
    const proto::MailDataReader::Sink sink = [&body](std::string_view piece) {
        body->write(piece);
    };
    for (;;) {
        auto left = input_.bytes();
        const auto had = left.size();
        const bool ended = reader.feed(left, sink);
        input_.take(had - left.size());
        if (ended) break;
        const auto more = co_await input_.more();
        rethrow_if_aborted(more.error());
        // Nothing has been promised, so nothing is kept (§4.1.1.4).
        if (!more) co_return false;
    }
    body->defects = reader.defects();
    note(transcript_.message(reader.size(), std::chrono::system_clock::now()));
    co_return co_await finish_message(std::move(body));
}

awaitable<bool> ServerSession::receive_chunk() {
    const bool keeps = dialog_.keeps_chunk();
    const auto size = dialog_.chunk_size();
    const bool last = dialog_.is_last_chunk();
    Body thrown_away(nullptr, UINT64_MAX);
    if (keeps && !chunks_) chunks_ = std::make_unique<Body>(parts_.store, settings_.smtp.max_size);
    if (!co_await receive_chunk_bytes(keeps ? *chunks_ : thrown_away, size)) co_return false;
    note(transcript_.message(size, std::chrono::system_clock::now()));
    if (keeps && last && !chunks_->is_too_long())
        co_return co_await finish_message(std::move(chunks_));
    const bool too_long = keeps && chunks_->is_too_long();
    if (too_long) chunks_.reset();
    const auto step = dialog_.on_chunk(too_long);
    co_return co_await say(step.reply);
}

awaitable<bool> ServerSession::receive_chunk_bytes(Body& body, std::uint64_t size) {
    while (size > 0) {
        const auto piece = input_.bytes().substr(
            0, static_cast<std::size_t>(std::min<std::uint64_t>(size, input_.bytes().size())));
        body.write(piece);
        size -= piece.size();
        input_.take(piece.size());
        if (size == 0) break;
        if (!co_await flush()) co_return false;
        const auto more = co_await input_.more();
        rethrow_if_aborted(more.error());
        if (!more) co_return false;
    }
    co_return true;
}

// 250 only when it is on the disk.
awaitable<bool> ServerSession::finish_message(std::unique_ptr<Body> body) {
    std::optional<proto::SmtpReply> refusal;
    std::string name = "nothing";
    if (body->is_too_long()) {
        refusal = dialog_.too_long();
    } else if (body->trouble()) {
        refusal = refusal_of(body->trouble());
    } else {
        const Received received{dialog_.envelope(), dialog_, transcript_, body->defects,
                                body->size()};
        if (auto message = body->take()) {
            auto envelope = parts_.envelope_text ? parts_.envelope_text(received) : "{}";
            auto kept = co_await parts_.store->keep(std::move(message), std::move(envelope));
            rethrow_if_aborted(kept.error());
            if (kept)
                name = *kept;
            else
                refusal = refusal_of(kept.error());
        }
        if (!refusal && parts_.stored) parts_.stored(name, received);
    }
    const auto step = dialog_.on_message(name, refusal);
    co_return co_await say(step.reply);
}

// What came behind STARTTLS in the clear was said by anybody, and is thrown away (RFC 3207 §4.2).
awaitable<bool> ServerSession::begin_tls() {
    input_.take(input_.bytes().size());
    if (!co_await flush()) co_return false;
    input_.take(input_.bytes().size());
    const auto shaken = co_await stream_.start_tls(settings_.tls());
    rethrow_if_aborted(shaken.error());
    if (!shaken) co_return false;
    dialog_.on_tls();
    chunks_.reset();
    if (const auto session = stream_.tls_session()) {
        note(transcript_.secured(session->version, session->cipher,
                                 std::chrono::system_clock::now()));
    }
    co_return true;
}

}  // namespace nettool::smtp
