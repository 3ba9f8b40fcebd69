// sum-client: sends numbers and prints the sum that the server answers.

#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/client.hpp"
#include "nettool/cli/input_file.hpp"
#include "nettool/net/message_reader.hpp"
#include "nettool/proto/classroom/sum.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::commands {
namespace {

constexpr std::size_t max_reply_bytes = 16UL * 1024 * 1024;

struct Sum {
    static constexpr std::string_view event = "sum";
    std::string sum;  // text: a JSON number would lose digits
    std::uint64_t numbers = 0;
    net::Endpoint server;
};
BOOST_DESCRIBE_STRUCT(Sum, (), (sum, numbers, server))

std::string print(const Sum& sum) { return sum.sum; }

class SumClient final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options
            .operands("[HOST PORT] NUMBER", operands_,
                      "the numbers; without any they are read from standard input")
            .value("file", file_, "FILE", "read the numbers from this file")
            .value("max-input", max_input_, "SIZE", "refuse more text than this")
            .flag("line", line_, "end the request with a line feed")
            .value("gap", gap_, "MS", "a silence this long ends the answer; off: only LF does");
        client_.declare(options);
        options.numbers_are_operands();
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        auto numbers = co_await gather(context);
        for (const auto& number : numbers)
            if (!proto::is_number(number)) throw cli::UsageError("not a number: " + quoted(number));
        auto stream = co_await client_.connect(context);
        const auto request = proto::sum_request(numbers, line_);
        const auto sent = co_await stream.write(request);
        if (sent.error() == asio::error::operation_aborted)
            throw boost::system::system_error(sent.error());
        // Any other failure: the server may have told why before it closed.
        if (sent) (void)stream.shut_down();
        net::MessageReader reader(stream, gap_, max_reply_bytes);
        const auto reply = co_await cli::next_reply(reader, stream.flow().peer);
        co_return judge(reply.text, numbers.size(), stream.flow().peer, context);
    }

private:
    // The numbers of the command line, of the file or of standard input.
    awaitable<std::vector<std::string>> gather(cli::Context& context) {
        auto operands = operands_;
        const bool named = !operands.empty() && !proto::is_number(operands.front());
        std::vector<std::string> none;
        client_.take_target(named ? operands : none);
        if (!operands.empty() && !file_.empty())
            throw cli::UsageError("--file does not go with numbers");
        if (!operands.empty()) co_return operands;
        cli::InputFile input(context, file_.empty() ? "-" : file_);
        co_return words_of(co_await read_all(input));
    }

    awaitable<std::string> read_all(cli::InputFile& input) const {
        std::string text;
        std::vector<char> chunk(64UL * 1024);
        for (;;) {
            const auto size = co_await input.read(asio::buffer(chunk));
            if (size == 0) co_return text;
            text.append(chunk.data(), size);
            if (text.size() > max_input_.bytes)
                throw Failure(Fault::local, input.name() + " is longer than --max-input allows");
        }
    }

    static std::vector<std::string> words_of(const std::string& text) {
        constexpr std::string_view separators = " \t\r\n|,;";
        std::vector<std::string> words;
        for (std::size_t end = 0;;) {
            const auto begin = text.find_first_not_of(separators, end);
            if (begin == text.npos) return words;
            end = std::min(text.find_first_of(separators, begin), text.size());
            words.push_back(text.substr(begin, end - begin));
        }
    }

    static cli::ExitCode judge(std::string_view reply, std::size_t count, const net::Endpoint& peer,
                               cli::Context& context) {
        const auto name = to_string(peer);
        const std::string text(trimmed(reply));
        if (text.starts_with("ERROR:"))
            throw Failure(Fault::refused, name + " answers " + quoted(text, 200));
        if (!proto::is_sum_reply(text))
            throw Failure(Fault::local, name + " answers no number: " + quoted(text, 200));
        Sum sum;
        sum.sum = text;
        sum.numbers = count;
        sum.server = peer;
        context.out.emit(sum);
        return cli::ExitCode::ok;
    }

    cli::Client client_{1234};
    std::vector<std::string> operands_;
    std::string file_;
    cli::Size max_input_{256UL * 1024 * 1024};
    // Half a number looks like a whole one, so the rest has time to come (R2).
    net::Gap gap_ = net::Gap::fixed(std::chrono::milliseconds(500));
    bool line_ = false;
};

constexpr cli::Example examples[] = {
    {"nettool sum-client 1 2 3", "ask the server on this machine"},
    {"nettool sum-client 127.0.0.1 1234 12.5 -0.5", "ask another one"},
    {"seq 1000 | nettool sum-client --json",
     "numbers from standard input, the answer for a script"},
};

}  // namespace

extern constinit const cli::CommandSpec sum_client{
    .name = "sum-client",
    .group = "Classroom pairs",
    .summary = "send numbers and print the sum that the server answers",
    .details =
        R"(Sends each number followed by "|" and a final ".", and prints the answer. In a file or on standard input
numbers are separated by white space, commas, semicolons or bars. A first operand that is not a
number is the host, the one behind it the port.)",
    .examples = examples,
    .results = &cli::described<Sum>,
    .make = &cli::make<SumClient>,
};

}  // namespace nettool::commands
