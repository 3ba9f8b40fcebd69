#pragma once
// What every client command shares: whom to talk to, how, and for how long to wait.

#include "nettool/cli/dialer.hpp"
#include "nettool/net/datagram.hpp"
#include "nettool/net/message_reader.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace nettool::cli {

class Client {
public:
    explicit Client(std::uint16_t default_port) : default_port_(default_port) {}

    void declare(OptionSet& options);

    /// Takes HOST PORT, HOST:PORT, [V6]:PORT or unix:PATH from the front of `operands`.
    /// Throws UsageError for a bad port, or when --host, --port or --unix says otherwise.
    void take_target(std::vector<std::string>& operands);

    /// Connects and, with --tls, shakes hands.  Without a target of the user's, a server that is
    /// just starting is given two seconds.  `phases` may be null.  Throws Failure (network).
    awaitable<net::Stream> connect(Context& context, net::ConnectPhases* phases = nullptr) const;

    struct DatagramPeer {
        net::DatagramSocket socket;
        net::DatagramSocket::Address address;
    };
    /// Throws Failure (network); UsageError for options that only a stream has.
    awaitable<DatagramPeer> open_datagrams(Context& context) const;

    std::chrono::milliseconds timeout() const noexcept { return dialer_.timeout(); }
    net::Endpoint target() const;
    /// How long a server may refuse because it is just starting: two seconds; where the user named
    /// it a moment on this machine, elsewhere not at all.
    std::chrono::milliseconds patience() const noexcept;

private:
    void check() const;

    std::uint16_t default_port_;
    bool explicit_ = false;
    std::optional<std::string> host_;
    std::optional<std::uint16_t> port_;
    std::string unix_path_;
    bool tls_ = false;
    Dialer dialer_;
};

/// The server's next message.  Throws Failure: network where it leaves or is silent, local where
/// its answer does not end.
awaitable<net::Message> next_reply(net::MessageReader& replies, const net::Endpoint& server);

}  // namespace nettool::cli
