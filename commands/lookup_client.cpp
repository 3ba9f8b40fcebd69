// lookup-client: sends a dictionary from a file with a key and prints the value.

#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/client.hpp"
#include "nettool/net/message_reader.hpp"
#include "nettool/proto/classroom/lookup.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::commands {
namespace {

struct Value {
    static constexpr std::string_view event = "value";
    std::string key;
    std::string value;  // text: a JSON number would lose digits
    net::Endpoint server;
};
BOOST_DESCRIBE_STRUCT(Value, (), (key, value, server))

std::string print(const Value& value) { return escaped(value.value); }

// A JSON value is whole as soon as it is closed.
net::Shape shape_of(std::string_view reply) {
    if (!reply.starts_with('{')) return net::Shape::open;
    proto::JsonEnd end;
    end.feed(reply);
    return end.ended() ? net::Shape::whole : net::Shape::half;
}

class LookupClient final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options
            .operands("[HOST PORT] FILE KEY", operands_,
                      "the JSON file with the dictionary, and what to look up in it", 1)
            .value("path", path_, "PATH", "instead of KEY: a.b[2], the first name is the key")
            .value("max-input", max_input_, "SIZE", "refuse a longer file")
            .flag("line", line_, "end the request with a line feed")
            .value("gap", gap_, "MS", "a silence this long ends an answer; off: only LF does");
        client_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        auto rest = std::string_view(path_);
        take_operands(rest);
        const auto dictionary = read_whole_file(file_, max_input_.bytes);
        if (const auto fault = proto::json_fault(trimmed(dictionary)))
            throw Failure(Fault::local, file_ + ": " + *fault);
        if (!trimmed(dictionary).starts_with('{'))
            throw Failure(Fault::local, file_ + " holds no JSON object");
        auto stream = co_await client_.connect(context);
        const auto peer = to_string(stream.flow().peer);
        auto request = proto::lookup_request(dictionary, key_);
        if (line_) request += '\n';
        const auto sent = co_await stream.write(request);
        if (sent.error() == asio::error::operation_aborted)
            throw boost::system::system_error(sent.error());
        // Any other failure: the server may have told why before it closed.
        net::MessageReader replies(stream, gap_, max_input_.bytes + 4096, shape_of);
        const auto reply = co_await cli::next_reply(replies, stream.flow().peer);
        const auto answer = proto::parse_lookup_reply(reply.text);
        if (!answer)
            throw Failure(Fault::local,
                          peer + " answers what is no reply: " + quoted(reply.text, 200));
        if (!answer->found)
            throw Failure(Fault::refused, peer + " answers " + quoted(answer->error, 200));
        Value value;
        value.key = path_.empty() ? key_ : path_;
        value.value = proto::json_plain(descend(answer->value, rest));
        value.server = stream.flow().peer;
        context.out.emit(value);
        co_return cli::ExitCode::ok;
    }

private:
    // The last two are FILE and KEY, or only FILE with --path; what is before them is the target.
    void take_operands(std::string_view& rest) {
        if (path_.empty()) {
            if (operands_.size() < 2) throw cli::UsageError("FILE and KEY are wanted");
            key_ = operands_.back();
            operands_.pop_back();
        } else {
            const auto first = proto::take_path_step(rest);
            if (!first || first->index) throw cli::UsageError("--path: bad value " + quoted(path_));
            key_ = first->name;
        }
        file_ = operands_.back();
        operands_.pop_back();
        client_.take_target(operands_);
        cli::refuse_operands(operands_);
    }

    std::string_view descend(std::string_view value, std::string_view rest) const {
        while (!rest.empty()) {
            const auto step = proto::take_path_step(rest);
            if (!step) throw cli::UsageError("--path: bad value " + quoted(path_));
            const auto inner = step->index ? proto::json_element(value, *step->index)
                                           : proto::json_member(value, step->name);
            if (!inner) throw Failure(Fault::refused, "there is nothing at " + quoted(path_));
            value = *inner;
        }
        return value;
    }

    cli::Client client_{5004};
    std::vector<std::string> operands_;
    std::string file_;
    std::string key_;
    std::string path_;
    cli::Size max_input_{16UL * 1024 * 1024};
    bool line_ = false;
    net::Gap gap_;
};

constexpr cli::Example examples[] = {
    {R"(echo '{"a": 12345678901234567890123}' > d.json; nettool lookup-client d.json a)",
     "every digit comes back"},
    {R"(echo '{"a": {"b": [1, 2, 3]}}' > d.json; nettool lookup-client d.json --path 'a.b[2]')",
     "a part of the value"},
};

}  // namespace

extern constinit const cli::CommandSpec lookup_client{
    .name = "lookup-client",
    .group = "Classroom pairs",
    .summary = "look a key up in a dictionary that the server is sent",
    .details =
        R"(Reads a JSON object from FILE, sends it with KEY to the server, and prints the value that comes back:
strings without their quotes, everything else as it is written in the file. A key that is not there
makes the exit status 1.)",
    .examples = examples,
    .results = &cli::described<Value>,
    .make = &cli::make<LookupClient>,
};

}  // namespace nettool::commands
