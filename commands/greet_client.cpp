// greet-client: connects and shows what the server says.

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/client.hpp"
#include "nettool/net/message_reader.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::commands {
namespace {

constexpr std::size_t max_greeting_bytes = 64UL * 1024;

struct Greeting {
    static constexpr std::string_view event = "greeting";
    net::Endpoint server;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Greeting, (), (server, text))

std::string print(const Greeting& greeting) { return escaped(greeting.text); }

class GreetClient final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("HOST PORT", operands_, "the server, if it is not 127.0.0.1 5010")
            .value("gap", gap_, "MS", "a silence this long ends the greeting; off: only LF does");
        client_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        client_.take_target(operands_);
        cli::refuse_operands(operands_);
        auto stream = co_await client_.connect(context);
        net::MessageReader reader(stream, gap_, max_greeting_bytes);
        const auto message = co_await reader.next();
        const error_code ec = message.error();
        const auto peer = to_string(client_.target());
        if (ec == asio::error::eof)
            throw Failure(Fault::network, peer + " closed without a greeting");
        if (ec == Errc::message_too_long) throw Failure(Fault::local, peer + " greets without end");
        if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
        if (ec) throw Failure(Fault::network, "read from " + peer, ec);
        Greeting greeting;
        greeting.server = stream.flow().peer;
        greeting.text = message->text;
        context.out.emit(greeting);
        co_return cli::ExitCode::ok;
    }

private:
    cli::Client client_{5010};
    std::vector<std::string> operands_;
    net::Gap gap_;
};

constexpr cli::Example examples[] = {
    {"nettool greet-client", "be greeted by the server on this machine"},
    {"nettool greet-client 127.0.0.1 5010 --json", "the same, for a script"},
};

}  // namespace

extern constinit const cli::CommandSpec greet_client{
    .name = "greet-client",
    .group = "Classroom pairs",
    .summary = "show what a server says to those who connect",
    .details =
        R"(Connects, says nothing, and prints the first message of the server: up to a line feed, to the end of
the connection, or to a silence.)",
    .examples = examples,
    .results = &cli::described<Greeting>,
    .make = &cli::make<GreetClient>,
};

}  // namespace nettool::commands
