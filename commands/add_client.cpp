// add-client: tells its name, then sends two numbers for each `a` and prints the answer.

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/client.hpp"
#include "nettool/net/line_reader.hpp"
#include "nettool/net/message_reader.hpp"
#include "nettool/proto/classroom/exact_sum.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <random>

namespace nettool::commands {
namespace {

constexpr std::size_t max_reply_bytes = 1024UL * 1024;
constexpr std::size_t max_command_bytes = 4096;

struct Numbers {
    static constexpr std::string_view event = "numbers";
    std::string first;  // text: a JSON number would lose digits
    std::string second;
};
BOOST_DESCRIBE_STRUCT(Numbers, (), (first, second))

std::string print(const Numbers& numbers) { return numbers.first + " " + numbers.second; }

struct Answer {
    static constexpr std::string_view event = "answer";
    std::string answer;
    net::Endpoint server;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (answer, server))

std::string print(const Answer& answer) {
    return "answer received from Server = " + escaped(answer.answer);
}

struct Invalid {
    static constexpr std::string_view event = "invalid-command";
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Invalid, (), (text))

std::string print(const Invalid&) { return "Invalid command"; }

bool is_integer(std::string_view text) {
    return proto::is_number(text) && text.find('.') == text.npos;
}

net::Shape shape_of(std::string_view reply) {
    return reply == "ack" ? net::Shape::whole : net::Shape::open;
}

class AddClient final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("HOST PORT", operands_, "the server, if it is not 127.0.0.1 5005")
            .value("name", name_, "NAME", "what this client calls itself, before a random number")
            .value("numbers", numbers_, "A,B", "send these instead of random ones")
            .value("seed", seed_, "N", "the same random numbers each time")
            .flag("line", line_, "end every message with a line feed")
            .value("gap", gap_, "MS", "a silence this long ends an answer; off: only LF does");
        client_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        client_.take_target(operands_);
        cli::refuse_operands(operands_);
        if (!numbers_.empty()) fixed_ = parse_numbers(numbers_);
        random_.seed(seed_ ? *seed_ : std::random_device()());
        auto stream = co_await client_.connect(context);
        net::MessageReader replies(stream, gap_, max_reply_bytes, shape_of);
        const auto welcome = co_await ask(stream, replies, unique_name());
        if (welcome != "ack")
            throw Failure(Fault::local, to_string(stream.flow().peer) +
                                            " does not acknowledge the name: " + quoted(welcome));
        co_await talk(context, stream, replies);
        co_await stream.finish();
        co_return cli::ExitCode::ok;
    }

private:
    awaitable<void> talk(cli::Context& context, net::Stream& stream, net::MessageReader& replies) {
        net::Descriptor input(context.executor, context.input);
        net::LineReader commands(input, max_command_bytes);
        for (;;) {
            if (input.is_terminal()) context.log.sink().write("a: add two numbers, q: quit> ");
            const auto line = co_await commands.next();
            const error_code ec = line.error();
            if (ec == asio::error::eof) co_return;
            if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
            if (ec && ec != Errc::message_too_long)
                throw Failure(Fault::local, "read standard input", ec);
            const auto command = line ? trimmed(*line) : std::string_view("?");
            if (command == "q") co_return;
            if (command == "a") {
                co_await add(context, stream, replies);
                continue;
            }
            context.out.emit(Invalid{std::string(command)});
            if (ec) co_return;
        }
    }

    awaitable<void> add(cli::Context& context, net::Stream& stream, net::MessageReader& replies) {
        Numbers numbers;
        numbers.first = fixed_ ? (*fixed_)[0] : std::to_string(one_to_ten());
        numbers.second = fixed_ ? (*fixed_)[1] : std::to_string(one_to_ten());
        context.out.emit(numbers);
        Answer answer;
        answer.answer = co_await ask(stream, replies, print(numbers));
        answer.server = stream.flow().peer;
        context.out.emit(answer);
    }

    awaitable<std::string> ask(net::Stream& stream, net::MessageReader& replies,
                               std::string message) const {
        if (line_) message += '\n';
        const auto peer = to_string(stream.flow().peer);
        const auto sent = co_await stream.write(message);
        if (sent.error() == asio::error::operation_aborted)
            throw boost::system::system_error(sent.error());
        // Any other failure: the server may have told why before it closed.
        const auto reply = co_await cli::next_reply(replies, stream.flow().peer);
        std::string text(trimmed(reply.text));
        if (text.starts_with("ERROR:"))
            throw Failure(Fault::refused, peer + " answers " + quoted(text, 200));
        co_return text;
    }

    static std::array<std::string, 2> parse_numbers(const std::string& text) {
        const auto comma = text.find(',');
        const auto second = comma == text.npos ? std::string() : text.substr(comma + 1);
        if (!is_integer(text.substr(0, comma)) || !is_integer(second))
            throw cli::UsageError("--numbers: bad value " + quoted(text) + " (two integers, A,B)");
        return {text.substr(0, comma), second};
    }

    std::string unique_name() {
        constexpr unsigned lowest = 1000, count = 9000;
        return name_ + "-" + std::to_string(lowest + random_() % count);
    }
    unsigned one_to_ten() { return static_cast<unsigned>(1 + random_() % 10); }

    cli::Client client_{5005};
    std::vector<std::string> operands_;
    std::string name_ = "client";
    std::string numbers_;
    std::optional<std::array<std::string, 2>> fixed_;
    std::optional<std::uint32_t> seed_;
    std::mt19937 random_;
    bool line_ = false;
    net::Gap gap_;
};

constexpr cli::Example examples[] = {
    {"printf 'a\\nq\\n' | nettool add-client --numbers 3,7", "one addition, then quit"},
    {"printf 'a\\na\\n' | nettool add-client --name alice --seed 1",
     "two additions, the same each time"},
};

}  // namespace

extern constinit const cli::CommandSpec add_client{
    .name = "add-client",
    .group = "Classroom pairs",
    .summary = "send two numbers to the adder and print its answer",
    .details =
        R"(Tells the server a unique name, then reads commands from standard input: "a" picks two random numbers
from 1 to 10, prints them, sends them, and prints the server's answer; "q", or the end of the input,
ends it.)",
    .examples = examples,
    .results = &cli::described<Numbers, Answer, Invalid>,
    .make = &cli::make<AddClient>,
};

}  // namespace nettool::commands
