// add-server: welcomes clients by their names and adds the two numbers of each message.

#include "nettool/base/errc.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/net/message_reader.hpp"
#include "nettool/proto/classroom/add.hpp"

#include <boost/asio/error.hpp>

namespace nettool::commands {
namespace {

constexpr std::size_t max_message_bytes = 64UL * 1024;
constexpr std::size_t max_name_bytes = 200;

struct Initiated {
    static constexpr std::string_view event = "initiated";
    std::string client;
    net::Endpoint peer;
};
BOOST_DESCRIBE_STRUCT(Initiated, (), (client, peer))

std::string print(const Initiated& initiated) {
    return "Connection initiated by " + escaped(initiated.client);
}

// R1: a message of one number waits for the other.
net::Shape shape_of(std::string_view message) {
    return proto::lacks_second_number(message) ? net::Shape::half : net::Shape::open;
}

class AddServer final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.value("gap", gap_, "MS", "a silence this long ends a message; off: only LF does");
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        auto session = [&](net::Stream stream) { return serve_one(context, std::move(stream)); };
        co_await server_.serve(context, session);
        co_return cli::ExitCode::ok;
    }

private:
    awaitable<void> serve_one(cli::Context& context, net::Stream stream) const {
        net::MessageReader reader(stream, gap_, max_message_bytes, shape_of);
        Initiated initiated;
        initiated.peer = stream.flow().peer;
        bool goes_on = true;
        while (goes_on) {
            const auto message = co_await reader.next();
            if (message.error() == Errc::message_too_long) {
                const auto sent = co_await stream.write("ERROR: message too long\n");
                if (!sent) context.log.detail(sent.error().message());
            }
            if (!message || message->text == "q") break;
            auto answer = answer_to(message->text, initiated);
            if (answer == ack) context.out.emit(initiated);
            // R3: with a line feed exactly when the message had one.
            if (message->ending == net::Message::Ending::line_feed) answer += '\n';
            const auto sent = co_await stream.write(answer);
            goes_on = sent.has_value();
        }
        co_await stream.finish();
    }

    // The first message is the client's name.
    static std::string answer_to(const std::string& message, Initiated& initiated) {
        if (!initiated.client.empty()) return proto::add_answer(message);
        const std::string name(trimmed(message));
        if (name.empty()) return "ERROR: expected a name";
        if (name.size() > max_name_bytes) return "ERROR: the name is too long";
        initiated.client = name;
        return std::string(ack);
    }

    static constexpr std::string_view ack = "ack";

    cli::Server server_{5005, std::chrono::minutes(10)};
    net::Gap gap_;
};

constexpr cli::Example examples[] = {
    {"nettool add-server --port 5005", "wait for clients"},
    {"nettool add-server --trace", "and show what crosses each connection"},
};

}  // namespace

extern constinit const cli::CommandSpec add_server{
    .name = "add-server",
    .group = "Classroom pairs",
    .summary = "greet clients by name and add the two numbers of each message",
    .details =
        R"(The first message of a connection is the client's name: it is shown, and answered "ack". Every
further message holds two integers of any size, as 3 7, 3,7, 3+7, (3, 7), [3, 7] or {"a":3,"b":7}, and
is answered with their sum; anything else with "ERROR: expected two numbers". An answer ends with a
line feed exactly when the message did. "q" ends the connection.)",
    .examples = examples,
    .results = &cli::described<cli::Listening, Initiated>,
    .make = &cli::make<AddServer>,
};

}  // namespace nettool::commands
