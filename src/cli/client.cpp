#include "nettool/cli/client.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/net/resolver.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::cli {

using namespace std::chrono_literals;

namespace {

constexpr auto patience_for_a_starting_server = 2s;

}  // namespace

void Client::declare(OptionSet& options) {
    options.group("Connection")
        .value("host", host_, "H", "talk to this host (default 127.0.0.1)")
        .value("port", port_, "N",
               "talk to this port (default " + std::to_string(default_port_) + ")")
        .value("unix", unix_path_, "PATH", "talk to this Unix socket instead")
        .value("timeout", timeout_, "TIME",
               "wait this long for a connection or an answer; 0s: for ever")
        .value("retry-connect", retry_, "TIME", "try a refused connection again for this long")
        .flag("tls", tls_, "speak TLS and verify the certificate")
        .flag("insecure", insecure_, "accept any certificate")
        .value("cacert", ca_file_, "FILE", "believe only certificates signed by these (PEM)")
        .flag("ipv4,4", only_v4_, "use IPv4 only")
        .flag("ipv6,6", only_v6_, "use IPv6 only")
        .value("source", source_, "ADDR", "connect from this address");
}

void Client::take_target(std::vector<std::string>& operands) {
    if (host_ || port_ || !unix_path_.empty()) explicit_ = true;
    if (operands.empty()) return check();
    if (explicit_) refuse_operands(operands);
    explicit_ = true;
    const auto word = operands.front();
    operands.erase(operands.begin());
    if (const auto whole = net::parse_endpoint(word)) {
        if (whole->is_unix) {
            unix_path_ = whole->host;
        } else {
            host_ = whole->host;
            port_ = whole->port;
        }
        return check();
    }
    host_ = word;
    if (!operands.empty()) {
        std::uint16_t port = 0;
        if (!parse_value(operands.front(), port))
            throw UsageError("bad port '" + escaped(operands.front()) + "'");
        port_ = port;
        operands.erase(operands.begin());
    }
    check();
}

void Client::check() const {
    if (host_ && !net::may_be_host(*host_)) throw UsageError("bad host " + quoted(*host_));
    if (port_ == 0) throw UsageError("bad port '0'");
    if (!unix_path_.empty() && (host_ || port_))
        throw UsageError("--unix does not go with --host or --port");
    if (only_v4_ && only_v6_) throw UsageError("-4 and -6 exclude one another");
    if ((insecure_ || !ca_file_.empty()) && !tls_)
        throw UsageError("--insecure and --cacert go with --tls");
    error_code not_literal;
    if (!source_.empty()) asio::ip::make_address(source_, not_literal);
    if (not_literal)
        throw UsageError("--source: bad value '" + escaped(source_) + "' (an address)");
}

net::Endpoint Client::target() const {
    net::Endpoint endpoint;
    endpoint.is_unix = !unix_path_.empty();
    endpoint.host = endpoint.is_unix ? unix_path_ : host_.value_or("127.0.0.1");
    endpoint.port = endpoint.is_unix ? std::uint16_t{0} : port_.value_or(default_port_);
    return endpoint;
}

net::Family Client::family() const {
    if (only_v4_) return net::Family::v4;
    return only_v6_ ? net::Family::v6 : net::Family::any;
}

awaitable<net::Stream> Client::connect(Context& context) const {
    net::ConnectOptions options;
    options.family = family();
    options.source = source_;
    options.timeout = timeout_;
    options.retry_refused = retry_.value_or(explicit_ ? 0ms : patience_for_a_starting_server);
    options.stream.idle = timeout_;
    options.stream.taps = context.taps;
    auto stream = co_await net::connect(target(), std::move(options));
    context.log.detail("connected to " + to_string(stream.flow().peer) + " from " +
                       to_string(stream.flow().local));
    if (tls_) co_await shake_hands(context, stream);
    co_return stream;
}

awaitable<void> Client::shake_hands(Context& context, net::Stream& stream) const {
    net::Trust trust;
    trust.verify = !insecure_;
    trust.ca_file = ca_file_;
    auto tls = net::client_tls(trust, context.key_log_file);
    const auto peer = to_string(target());
    const auto shaken = co_await stream.start_tls(std::move(tls), target().host);
    if (shaken) co_return;
    const error_code ec = shaken.error();
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    const auto refusal = trust.verify ? stream.refusal() : std::string();
    if (refusal.empty()) throw Failure(Fault::network, "speak TLS with " + peer, ec);
    throw Failure(Fault::network, "the certificate of " + peer + " is not to be believed: " +
                                      refusal + "; --cacert FILE or --insecure would accept it");
}

awaitable<Client::DatagramPeer> Client::open_datagrams(Context& context) const {
    if (tls_ || !unix_path_.empty() || retry_)
        throw UsageError("--tls, --unix and --retry-connect do not go with --udp");
    const auto peer = target();
    const auto addresses = co_await net::resolve(peer.host, family());
    if (!addresses) throw Failure(Fault::network, "resolve " + peer.host, addresses.error());
    const net::DatagramSocket::Address address(addresses->front(), peer.port);
    net::DatagramSocket::Address local(address.protocol(), 0);
    if (!source_.empty()) local.address(asio::ip::make_address(source_));
    co_return DatagramPeer{
        net::DatagramSocket(context.executor, local, net::Side::client, context.taps), address};
}

}  // namespace nettool::cli
