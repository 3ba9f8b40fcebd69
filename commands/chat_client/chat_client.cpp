// chat-client: takes part in a chat room, from the keyboard or from a script.

#include "conversation.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::commands {
namespace {

constexpr std::size_t max_line_bytes = 64UL * 1024;

class ChatClient final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("HOST PORT", operands_, "the server, if it is not 127.0.0.1 5002")
            .value("name", name_, "NAME", "the identification (default: the first line typed)")
            .list("send", plan_.send, "TEXT", "say this instead of what is typed")
            .value("wait", plan_.wait, "TIME", "listen for so long after the last line")
            .value("gap", plan_.gap, "MS", "a silence this long ends a message; off: only LF does");
        client_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        client_.take_target(operands_);
        cli::refuse_operands(operands_);
        check();
        net::Descriptor input(context.executor, context.input);
        net::LineReader lines(input, max_line_bytes);
        if (name_)
            plan_.name = *name_;
        else
            plan_.name = co_await ask_for_name(context, input, lines);
        auto stream = co_await client_.connect(context);
        ChatConversation conversation(context, stream, input, lines, plan_);
        co_await conversation.run();
        co_return cli::ExitCode::ok;
    }

private:
    void check() const {
        constexpr std::string_view line_ends("\r\n\0", 3);
        const auto is_line = [&](const std::string& text) {
            return text.find_first_of(line_ends) == text.npos;
        };
        if (name_ && (trimmed(*name_).empty() || !is_line(*name_)))
            throw cli::UsageError("--name: bad value " + quoted(*name_));
        for (const auto& text : plan_.send)
            if (!is_line(text)) throw cli::UsageError("--send: more than a line: " + quoted(text));
    }

    // Before anything is connected, as the exercise says.
    static awaitable<std::string> ask_for_name(cli::Context& context, net::Descriptor& input,
                                               net::LineReader<net::Descriptor>& lines) {
        for (;;) {
            if (input.is_terminal()) context.log.sink().write("Your identification: ");
            auto line = co_await lines.next();
            if (line.error() == asio::error::operation_aborted)
                throw boost::system::system_error(line.error());
            if (!line)
                throw Failure(Fault::local, "no identification: give --name or a first line");
            if (!trimmed(*line).empty()) co_return *std::move(line);
        }
    }

    cli::Client client_{5002};
    std::vector<std::string> operands_;
    std::optional<std::string> name_;
    ChatPlan plan_;
};

constexpr cli::Example examples[] = {
    {"nettool chat-client --name alice --send hello --wait 100ms", "say hello, and listen a while"},
    {"printf 'bob\\nhello\\n' | nettool chat-client", "the identification, then what is said"},
};

}  // namespace

extern constinit const cli::CommandSpec chat_client{
    .name = "chat-client",
    .group = "Classroom pairs",
    .summary = "take part in a chat room",
    .details =
        R"(Sends an identification, then what is typed, and shows what the others say; a half-typed line stays whole
when a message comes. /quit or the end of the input leaves. It speaks with line feeds if the server's
first text has one.)",
    .examples = examples,
    .results = &cli::described<ChatMessage>,
    .make = &cli::make<ChatClient>,
};

}  // namespace nettool::commands
