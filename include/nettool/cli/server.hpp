#pragma once
// What every server command shares: where to listen, whom to admit, when to hang up.

#include "nettool/cli/command.hpp"
#include "nettool/cli/faults.hpp"
#include "nettool/net/listener.hpp"

#include <functional>
#include <optional>

namespace nettool::cli {

struct Listening {
    static constexpr std::string_view event = "listening";
    std::string address;  // of a Unix socket: its path
    std::uint16_t port = 0;
    std::string transport;                  // tcp, udp or unix
    std::optional<std::string> tls_sha256;  // the fingerprint of the certificate
};
BOOST_DESCRIBE_STRUCT(Listening, (), (address, port, transport, tls_sha256))
std::string print(const Listening& listening);

/// Where a server shows itself to browsers.
struct PageListening {
    static constexpr std::string_view event = "page";
    std::string url;
};
BOOST_DESCRIBE_STRUCT(PageListening, (), (url))
std::string print(const PageListening& page);

class Server {
public:
    /// Makes the coroutine that serves one connection on that connection's strand.
    using Session = std::function<awaitable<void>(net::Stream)>;
    struct Datagram {
        std::string_view bytes;
        net::Endpoint peer;
        WallTime received;  // by the kernel, see stamp_datagrams()
    };
    /// The answer to one datagram; nothing: none.  It is not sent where net::ReplyGuard says no.
    using Answer = std::function<std::optional<std::string>(const Datagram&)>;

    Server(std::uint16_t default_port, std::chrono::milliseconds idle,
           Transport transport = Transport::stream)
        : default_port_(default_port), transport_(transport), idle_(idle) {}

    /// What else than a line of text somebody is told who is one too many, and another default of
    /// how many are not; before declare().
    void admit(std::size_t max_connections, std::string busy) {
        max_connections_ = max_connections;
        busy_ = std::move(busy);
    }

    /// Before serve(): all sessions live on the command's own strand, for they share nearly
    /// everything.
    void share_strand() { one_strand_ = true; }
    /// The same with several strands: each session lives on one of them.
    void share_strands(std::vector<asio::any_io_executor> strands) {
        strands_ = std::move(strands);
    }

    /// Before serve(): what is done with who speaks plain text where TLS is spoken.
    void receive_plaintext(Session session) { plaintext_ = std::move(session); }

    /// Before serve(): hears of each place where it listens, behind its announcement.
    void tell(std::function<void(const net::Endpoint&)> on_place) {
        on_place_ = std::move(on_place);
    }

    /// Before declare(): the protocol can turn a connection into TLS, so that --cert is of use
    /// without --tls too; see upgrade().
    void may_upgrade() { may_upgrade_ = true; }
    /// Gives what TLS such a connection is turned into; refers to this and to the context.  A
    /// certificate of our own is made once, when it is first wanted; one that is named is read now,
    /// for it may be at fault.  Throws Failure.
    std::function<net::TlsContext()> upgrade(const Context& context) const;

    /// Before serve_datagrams(): the kernel is asked for times.
    void stamp_datagrams() { stamped_ = true; }

    void declare(OptionSet& options);

    /// Takes PORT off the front of the operands, if it stands there; UsageError when --port says
    /// otherwise.
    void take_port(std::vector<std::string>& operands);

    /// After so long a silence a connection is given up; zero: never.
    std::chrono::milliseconds idle() const noexcept { return idle_; }

    bool is_tls() const noexcept { return tls_; }
    std::size_t max_connections() const noexcept { return max_connections_; }

    /// As it was given; empty: nothing was.
    std::string host() const { return host_.value_or(""); }

    /// A server of pages beside this one, on the same host; it is announced by its URL.
    Server page(std::uint16_t port) const;
    /// The same, for this machine only.
    static Server local_page(std::uint16_t port);

    /// For further faults of a command's own.
    std::uint64_t seed() const { return faults_.seed(); }

    /// Serves until cancelled, or to the end of the first connection with --once.  Returns only
    /// when the last session has, so `session` may refer to anything its caller owns; sessions run
    /// side by side, so what they share needs an owner.  A session's failure is one line in the
    /// log.
    awaitable<void> serve(Context& context, Session session) const;

    /// The same for UDP, through the imperfect network of the options; what has come when it is
    /// cancelled is still answered.  Options that only a stream has are refused with UsageError.
    /// Returns how many the kernel had to drop.
    awaitable<std::uint64_t> serve_datagrams(Context& context, Answer answer) const;

private:
    std::vector<net::Listener> open(Context& context, const net::Listener::Options& options,
                                    const std::vector<net::Endpoint>& places) const;
    awaitable<std::vector<net::Endpoint>> places() const;
    void announce(Context& context, const net::Endpoint& local, std::string_view transport,
                  const std::string& fingerprint) const;
    void check() const;

    void declare_streams(OptionSet& options);

    std::uint16_t default_port_;
    Transport transport_;
    std::optional<std::string> host_;
    std::optional<std::uint16_t> port_;
    std::string unix_path_;
    std::optional<int> descriptor_;
    int backlog_ = 511;
    std::size_t max_connections_ = 1024;
    std::string busy_ = "ERROR: too many connections\n";
    std::chrono::milliseconds idle_;
    bool once_ = false;
    bool one_strand_ = false;
    std::vector<asio::any_io_executor> strands_;
    Session plaintext_;
    std::function<void(const net::Endpoint&)> on_place_ = [](const net::Endpoint&) {};
    bool stamped_ = false;
    bool is_page_ = false;
    bool may_upgrade_ = false;
    bool tls_ = false;
    net::ServerCertificate certificate_;
    std::string ready_file_;
    std::uint32_t max_rate_ = 1000;
    Faults faults_;
};

}  // namespace nettool::cli
