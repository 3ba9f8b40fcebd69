// upper-client: sends text and prints what comes back, in upper case as is to be hoped.
//
// From a terminal it speaks in lock-step, a line and its answer; anything else is a stream that is
// read while it is written, so that any amount passes in constant memory.

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/client.hpp"
#include "nettool/cli/progress.hpp"
#include "nettool/net/copy.hpp"
#include "nettool/net/line_reader.hpp"
#include "nettool/net/message_reader.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/classroom/upper.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::commands {
namespace {

using cli::ExitCode;

struct Upper {
    static constexpr std::string_view event = "upper";
    std::string text;
    std::string answer;
};
BOOST_DESCRIBE_STRUCT(Upper, (), (text, answer))

std::string print(const Upper& upper) { return escaped(upper.answer); }

constexpr std::size_t max_line_bytes = 64UL * 1024;

[[noreturn]] void fail(const net::Endpoint& peer, error_code ec) {
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    throw Failure(Fault::network, "talk with " + to_string(peer), ec);
}

[[noreturn]] void fail_input(error_code ec, std::size_t max_bytes) {
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    if (ec == Errc::message_too_long)
        throw Failure(Fault::local,
                      "a line is longer than " + std::to_string(max_bytes) + " bytes");
    throw Failure(Fault::local, "read standard input", ec);
}

[[noreturn]] void fail_check(const net::Endpoint& peer) {
    throw Failure(Fault::local, to_string(peer) + " did not answer with the upper case");
}

// One stream in both directions at once.  Whichever direction ends the whole stops the other one.
class Transfer {
public:
    Transfer(cli::Context& context, net::Stream& stream, net::Descriptor& input, bool checked,
             std::chrono::milliseconds timeout)
        : context_(context),
          stream_(stream),
          input_(input),
          checked_(checked),
          shown_(context.out.sink().is_terminal()),
          timeout_(timeout),
          progress_(context.log, !shown_, input.remaining()),
          directions_(context.executor, [this](std::exception_ptr error) { end(error); }) {}

    awaitable<void> run() {
        stream_.limit_idle({});  // the keyboard may be silent
        directions_.spawn(send());
        directions_.spawn(receive());
        co_await directions_.join();
        if (shown_) context_.out.write(escaper_.flush());
        const bool stopped = co_await net::stop_requested();
        judge(stopped);
        context_.log.detail(std::to_string(sent_) + " bytes sent, " + std::to_string(received_) +
                            " received");
    }

private:
    void judge(bool stopped) const {
        if (stopped) fail(peer(), asio::error::operation_aborted);
        if (failure_) std::rethrow_exception(failure_);
        if (wrong_) fail_check(peer());
        if (!all_sent_ || (received_ == 0 && sent_ > 0)) fail_short();
        if (checked_ && !check_.complete()) fail_check(peer());
    }

    awaitable<void> send() {
        co_await net::hear_requests_to_stop();
        const net::Onlooker note = [this](std::string_view chunk) {
            if (compared()) check_.sent(chunk);
            sent_ += chunk.size();
        };
        const auto copied = co_await net::copy(input_, stream_, note);
        if (was_stopped(copied.read) || was_stopped(copied.write)) co_return;
        if (copied.read) fail_input(copied.read, 0);
        // What the server does then, receive() sees: an answer and its end, or the reason.
        stream_.limit_idle(timeout_);
        all_sent_ = !copied.write;
        if (is_whole()) directions_.cancel(asio::cancellation_type::total);
    }

    awaitable<void> receive() {
        co_await net::hear_requests_to_stop();
        std::vector<char> buffer(64UL * 1024);
        while (!wrong_ && !is_whole()) {
            const auto size = co_await stream_.read(asio::buffer(buffer));
            if (size.error() == asio::error::eof) break;
            if (was_stopped(size.error())) co_return;
            if (!size) fail(peer(), size.error());
            take({buffer.data(), *size});
        }
        directions_.cancel(asio::cancellation_type::total);
    }

    void take(std::string_view chunk) {
        received_ += chunk.size();
        progress_.advance(chunk.size());
        const bool right = !compared() || check_.received(chunk);
        wrong_ = checked_ && !right;
        if (shown_)
            context_.out.write(escaper_.feed(chunk));
        else
            context_.out.write(chunk);
    }

    void end(std::exception_ptr error) {
        if (!failure_) failure_ = error;
        directions_.cancel(asio::cancellation_type::total);
    }

    static bool was_stopped(error_code ec) { return ec == asio::error::operation_aborted; }

    // TLS cannot be half-closed: there the end is known by comparing, or not at all.
    bool compared() const { return checked_ || stream_.is_tls(); }
    bool is_whole() const { return stream_.is_tls() && all_sent_ && check_.complete(); }
    const net::Endpoint& peer() const { return stream_.flow().peer; }

    [[noreturn]] void fail_short() const {
        throw Failure(Fault::network, to_string(peer()) + " closed after " +
                                          std::to_string(received_) + " of " +
                                          std::to_string(sent_) + " bytes");
    }

    cli::Context& context_;
    net::Stream& stream_;
    net::Descriptor& input_;
    bool checked_;
    bool shown_;  // to somebody at a terminal
    std::chrono::milliseconds timeout_;
    cli::Progress progress_;
    net::TaskGroup directions_;
    proto::UpperCheck check_;
    Escaper escaper_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
    std::exception_ptr failure_;
    bool all_sent_ = false;
    bool wrong_ = false;
};

class UpperClient final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("HOST PORT", operands_, "the server, if it is not 127.0.0.1 5001")
            .flag("udp", udp_, "send each line as a datagram")
            .flag("check", check_, "end with status 4 unless the answer is the upper case")
            .flag("line", line_, "send the line feed of a typed line too")
            .value("gap", gap_, "MS", "a silence this long ends an answer; off: only LF does");
        client_.declare(options);
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        client_.take_target(operands_);
        cli::refuse_operands(operands_);
        net::Descriptor input(context.executor, context.input);
        if (udp_)
            co_await talk_in_datagrams(context, input);
        else
            co_await talk_in_a_stream(context, input);
        co_return ExitCode::ok;
    }

private:
    awaitable<void> talk_in_a_stream(cli::Context& context, net::Descriptor& input) const {
        auto stream = co_await client_.connect(context);
        const bool json = context.out.format() == cli::Output::Format::json;
        if (input.is_terminal() || json) {
            co_await talk_in_lines(context, input, stream);
        } else {
            Transfer transfer(context, stream, input, check_, client_.timeout());
            co_await transfer.run();
        }
        co_await stream.finish();
    }

    awaitable<void> talk_in_lines(cli::Context& context, net::Descriptor& input,
                                  net::Stream& stream) const {
        net::LineReader<net::Descriptor> lines(input, max_line_bytes);
        net::MessageReader answers(stream, gap_, 2 * max_line_bytes);
        for (;;) {
            const auto line = co_await lines.next();
            if (line.error() == asio::error::eof) co_return;
            if (!line) fail_input(line.error(), max_line_bytes);
            if (line->empty() && !line_) continue;  // nothing to send, so nothing to wait for
            const std::string request = line_ ? *line + "\n" : *line;
            const auto sent = co_await stream.write(request);
            if (!sent) fail(stream.flow().peer, sent.error());
            const auto answer = co_await answers.next();
            if (answer.error() == Errc::message_too_long)
                throw Failure(Fault::local, to_string(stream.flow().peer) + " answers without end");
            if (!answer) fail(stream.flow().peer, answer.error());
            show(context, *line, answer->text, stream.flow().peer, {});
        }
    }

    awaitable<void> talk_in_datagrams(cli::Context& context, net::Descriptor& input) const {
        auto peer = co_await client_.open_datagrams(context);
        const auto name = net::endpoint_of(peer.address);
        net::LineReader<net::Descriptor> lines(input, net::max_datagram_bytes - 1);
        std::vector<char> buffer(net::max_datagram_bytes);
        for (;;) {
            const auto line = co_await lines.next();
            if (line.error() == asio::error::eof) co_return;
            if (!line) fail_input(line.error(), net::max_datagram_bytes - 1);
            const std::string request = line_ ? *line + "\n" : *line;
            const auto sent = co_await peer.socket.send(request, peer.address);
            if (!sent) fail(name, sent.error());
            const auto size = co_await answer_from(peer, buffer, context);
            std::string_view answer(buffer.data(), size);
            if (line_ && answer.ends_with('\n')) answer.remove_suffix(1);
            show(context, *line, std::string(answer), name, proto::UpperMapping::fitting);
        }
    }

    // The answer's size; datagrams of others are counted as nothing.
    awaitable<std::size_t> answer_from(cli::Client::DatagramPeer& peer, std::vector<char>& buffer,
                                       cli::Context& context) const {
        for (;;) {
            const auto datagram =
                co_await peer.socket.receive(asio::buffer(buffer), client_.timeout());
            if (!datagram) fail(net::endpoint_of(peer.address), datagram.error());
            if (datagram->peer == peer.address) co_return datagram->size;
            context.log.detail("a datagram from " + to_string(net::endpoint_of(datagram->peer)) +
                               " is ignored");
        }
    }

    void show(cli::Context& context, const std::string& text, const std::string& answer,
              const net::Endpoint& peer, std::optional<proto::UpperMapping> mapping) const {
        Upper upper;
        upper.text = text;
        upper.answer = answer;
        context.out.emit(upper);
        if (!check_) return;
        proto::UpperCheck check(mapping.value_or(proto::UpperMapping::simple));
        check.sent(text);
        if (!check.received(answer) || !check.complete()) fail_check(peer);
    }

    cli::Client client_{5001};
    std::vector<std::string> operands_;
    bool udp_ = false;
    bool check_ = false;
    bool line_ = false;
    net::Gap gap_;
};

constexpr cli::Example examples[] = {
    {"echo hello | nettool upper-client", "HELLO, from the server on this machine"},
    {"nettool upper-client --check < README.md > /dev/null", "was every byte of it right?"},
    {"echo hello | nettool upper-client --udp 127.0.0.1 5001", "the same in a datagram"},
};

}  // namespace

extern constinit const cli::CommandSpec upper_client{
    .name = "upper-client",
    .group = "Classroom pairs",
    .summary = "send text and print what comes back in upper case",
    .details =
        R"(From a terminal, sends a line, prints its answer, and goes on to the next. Otherwise standard input is
sent as it is and the answer goes to standard output as it comes, until both have ended. With --json
each line and its answer are one object.)",
    .examples = examples,
    .results = &cli::described<Upper>,
    .make = &cli::make<UpperClient>,
};

}  // namespace nettool::commands
