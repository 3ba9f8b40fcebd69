// udp-send: sends datagrams.

#include "nettool/base/ascii.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/client.hpp"
#include "nettool/net/descriptor.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::commands {
namespace {

struct Sent {
    static constexpr std::string_view event = "sent";
    net::Endpoint server;
    std::uint64_t datagrams = 0;
    std::uint64_t size_bytes = 0;  // of each
};
BOOST_DESCRIBE_STRUCT(Sent, (), (server, datagrams, size_bytes))

std::string print(const Sent& sent) {
    return std::to_string(sent.datagrams) +
           (sent.datagrams == 1 ? " datagram of " : " datagrams of ") +
           std::to_string(sent.size_bytes) + " bytes to " + to_string(sent.server);
}

class UdpSend final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("[HOST PORT] MSG", operands_, "what to send; -: all of standard input", 1)
            .value("count", count_, "N", "send it so many times")
            .value("interval", interval_, "TIME", "wait so long in between")
            .flag("hex", hex_, "MSG is bytes in hexadecimal: 00 ff 0a");
        client_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        auto message = operands_.back();
        operands_.pop_back();
        client_.take_target(operands_);
        cli::refuse_operands(operands_);
        if (message == "-") message = co_await read_input(context);
        if (hex_) message = bytes_of_hex(message);
        auto peer = co_await client_.open_datagrams(context);
        peer.socket.ask_for_reports([](const net::DatagramSocket::Report&) {});
        Sent sent;
        sent.server = net::endpoint_of(peer.address);
        sent.size_bytes = message.size();
        for (; sent.datagrams < count_; ++sent.datagrams) {
            if (sent.datagrams > 0) co_await net::pause(interval_);
            const bool stopped = co_await net::stop_requested();
            if (stopped) throw boost::system::system_error(asio::error::operation_aborted);
            co_await send(peer, message);
        }
        context.out.emit(sent);
        co_return cli::ExitCode::ok;
    }

private:
    // On this machine the kernel tells at once when nobody listens.
    awaitable<void> send(cli::Client::DatagramPeer& peer, const std::string& message) const {
        constexpr std::chrono::milliseconds between_tries{10};
        const auto until = std::chrono::steady_clock::now() + client_.patience();
        for (;;) {
            const auto sent = co_await peer.socket.send(message, peer.address);
            const error_code refusal = peer.socket.take_reports();
            const error_code ec = refusal ? refusal : sent.error();
            if (!ec) co_return;
            if (!refusal || std::chrono::steady_clock::now() >= until)
                throw Failure(Fault::network,
                              "send to " + to_string(net::endpoint_of(peer.address)), ec);
            co_await net::pause(between_tries);
            const bool stopped = co_await net::stop_requested();
            if (stopped) throw boost::system::system_error(asio::error::operation_aborted);
        }
    }

    static awaitable<std::string> read_input(cli::Context& context) {
        net::Descriptor input(context.executor, context.input);
        std::string text;
        std::vector<char> chunk(net::max_datagram_bytes + 1);
        for (;;) {
            const auto size = co_await input.read(asio::buffer(chunk));
            if (size.error() == asio::error::eof) co_return text;
            if (size.error() == asio::error::operation_aborted)
                throw boost::system::system_error(size.error());
            if (!size) throw Failure(Fault::local, "read standard input", size.error());
            text.append(chunk.data(), *size);
            if (text.size() > 4 * net::max_datagram_bytes)
                throw Failure(Fault::local, "standard input is longer than a datagram");
        }
    }

    static std::string bytes_of_hex(const std::string& text) {
        std::string bytes, digits;
        for (const char c : text) {
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ':') continue;
            if (hex_value(c) < 0) throw cli::UsageError("--hex: bad digits in " + quoted(text));
            digits += c;
        }
        if (digits.size() % 2 != 0) throw cli::UsageError("--hex: half a byte in " + quoted(text));
        for (std::size_t i = 0; i < digits.size(); i += 2)
            bytes += static_cast<char>(hex_value(digits[i]) * 16 + hex_value(digits[i + 1]));
        return bytes;
    }

    cli::Client client_{5003};
    std::vector<std::string> operands_;
    std::uint64_t count_ = 1;
    std::chrono::milliseconds interval_{0};
    bool hex_ = false;
};

constexpr cli::Example examples[] = {
    {"nettool udp-send 127.0.0.1 5003 hello", "one datagram"},
    {"nettool udp-send --count 3 --interval 10ms --hex '00 ff 0a'", "three times these bytes"},
};

}  // namespace

extern constinit const cli::CommandSpec udp_send{
    .name = "udp-send",
    .group = "Classroom pairs",
    .summary = "send datagrams",
    .details =
        R"(Sends MSG as one datagram, to 127.0.0.1 port 5003 unless a host and port stand before it. UDP does not say
whether anything arrived; only that nobody listens, where ICMP tells it.)",
    .examples = examples,
    .results = &cli::described<Sent>,
    .make = &cli::make<UdpSend>,
};

}  // namespace nettool::commands
