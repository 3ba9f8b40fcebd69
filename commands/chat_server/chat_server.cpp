// chat-server: a room where everybody hears what everybody else says.

#include "nettool/base/errc.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/net/line_reader.hpp"
#include "session.hpp"

#include <boost/asio/error.hpp>

#include <unistd.h>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_console_line = 4096;

// A job in the background of a shell would be stopped by reading from the terminal.
bool may_read(int descriptor) {
    return ::isatty(descriptor) == 0 || ::tcgetpgrp(descriptor) == ::getpgrp();
}

class ChatServer final : public cli::Command {
public:
    ChatServer() { server_.share_strand(); }

    void declare(cli::OptionSet& options) override {
        options.value("ask", ask_, "TEXT", "ask newcomers exactly this")
            .value("history", limits_.history, "N", "show newcomers the last lines")
            .value("log", log_, "FILE", "append every line to this file")
            .value("max-rate", max_rate_, "N",
                   "read no more lines a second from one client, but from this machine")
            .value("max-unsent", max_unsent_, "BYTES", "drop a client that lets so much pile up")
            .value("gap", rules_.gap, "MS",
                   "a silence this long ends a message; off: only LF does");
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        prepare();
        std::optional<AppendFile> log;
        if (!log_.empty()) log.emplace(log_);
        ChatRoom room(context, limits_, log ? &*log : nullptr);
        auto buffer = std::make_unique<ChatBuffer>();
        auto session = [&](net::Stream stream) {
            return serve_one(room, *buffer, std::move(stream));
        };
        std::exception_ptr failure;
        net::TaskGroup helpers(context.executor, [](std::exception_ptr) {});
        helpers.spawn(room.watch());
        helpers.spawn(listen_to_operator(context, room));
        try {
            co_await server_.serve(context, session);
        } catch (...) {
            failure = std::current_exception();
        }
        helpers.cancel(asio::cancellation_type::total);
        co_await helpers.join();
        co_await room.join();
        if (failure) std::rethrow_exception(failure);
        co_return cli::ExitCode::ok;
    }

private:
    void prepare() {
        if (max_rate_ == 0) throw cli::UsageError("--max-rate: bad value '0'");
        rules_.max_rate = max_rate_;
        rules_.question =
            ask_.value_or("Welcome to the chat room! Please enter your identification: \n");
        limits_.hard = max_unsent_.bytes;
        limits_.soft = max_unsent_.bytes / 4;
    }

    awaitable<void> serve_one(ChatRoom& room, ChatBuffer& buffer, net::Stream stream) const {
        ChatSession session(room, rules_, buffer, std::move(stream));
        co_await session.run();
    }

    static awaitable<void> listen_to_operator(cli::Context& context, ChatRoom& room) {
        co_await net::hear_requests_to_stop();
        if (!may_read(context.input)) co_return;
        net::Descriptor input(context.executor, context.input);
        net::LineReader lines(input, max_console_line);
        for (;;) {
            const bool stopped = co_await net::stop_requested();
            if (stopped) co_return;
            const auto line = co_await lines.next();
            if (!line) co_return;  // at the end of the input the room goes on
            if (trimmed(*line) == "/who")
                context.log.notice(trimmed(room.who()));
            else
                room.say_as_server(*line);
        }
    }

    cli::Server server_{5002, 0ms};
    std::optional<std::string> ask_;
    std::string log_;
    std::uint32_t max_rate_ = 200;
    cli::Size max_unsent_{1024UL * 1024};
    ChatRoom::Limits limits_;
    ChatRules rules_;
};

constexpr cli::Example examples[] = {
    {"nettool chat-server --port 5002", "open the room"},
    {"nettool chat-server --history 20 --log chat.txt", "show newcomers what was said last"},
    {"nettool chat-server --ask NICK", "for the clients of a well-known tutorial"},
};

}  // namespace

extern constinit const cli::CommandSpec chat_server{
    .name = "chat-server",
    .group = "Classroom pairs",
    .summary = "a room where everybody hears what everybody else says",
    .details =
        R"(Asks each client for an identification, then passes on every line it sends as "name: line" to all others;
any program that sends text is client enough. A client may say /who and /quit. The console shows
everything with the time, and what the operator types goes to all as "* server: ...". Who does not
read what is sent is dropped, and delays nobody.)",
    .examples = examples,
    .results = &cli::described<cli::Listening, ChatLine>,
    .make = &cli::make<ChatServer>,
};

}  // namespace nettool::commands
