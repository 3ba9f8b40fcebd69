#include "nettool/cli/client.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/wire_filter.hpp"
#include "nettool/net/resolver.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::cli {

using namespace std::chrono_literals;

namespace {

constexpr auto patience_for_a_starting_server = 2s;
// `server & client 127.0.0.1 5001` starts both at once; nobody notices so short a wait.
constexpr auto patience_with_this_machine = 250ms;

bool is_this_machine(const net::Endpoint& target) {
    return target.host == "localhost" || net::is_loopback(target);
}

}  // namespace

void Client::declare(OptionSet& options) {
    options.group("Connection")
        .value("host", host_, "H", "talk to this host (default 127.0.0.1)")
        .value("port", port_, "N",
               "talk to this port (default " + std::to_string(default_port_) + ")")
        .value("unix", unix_path_, "PATH", "talk to this Unix socket instead")
        .flag("tls", tls_, "speak TLS and verify the certificate");
    dialer_.declare(options);
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
    if (dialer_.judges_certificates() && !tls_)
        throw UsageError("--insecure, --cacert and --tls-fingerprint go with --tls");
    dialer_.check();
}

net::Endpoint Client::target() const {
    net::Endpoint endpoint;
    endpoint.is_unix = !unix_path_.empty();
    endpoint.host = endpoint.is_unix ? unix_path_ : host_.value_or("127.0.0.1");
    endpoint.port = endpoint.is_unix ? std::uint16_t{0} : port_.value_or(default_port_);
    return endpoint;
}

std::chrono::milliseconds Client::patience() const noexcept {
    if (!explicit_) return patience_for_a_starting_server;
    return is_this_machine(target()) ? patience_with_this_machine : 0ms;
}

awaitable<net::Stream> Client::connect(Context& context, net::ConnectPhases* phases) const {
    co_return co_await dialer_.dial(context, target(), tls_, phases, patience());
}

awaitable<Client::DatagramPeer> Client::open_datagrams(Context& context) const {
    if (tls_ || !unix_path_.empty() || dialer_.retries())
        throw UsageError("--tls, --unix and --retry-connect do not go with --udp");
    const auto peer = target();
    const auto addresses = co_await net::resolve(peer.host, dialer_.family());
    if (!addresses) throw Failure(Fault::network, "resolve " + peer.host, addresses.error());
    const net::DatagramSocket::Address address(addresses->front(), peer.port);
    show_filter(context, net::endpoint_of(address), Traffic::datagrams);
    const auto& source = dialer_.source();
    const net::DatagramSocket::Address local(
        source.empty() ? net::source_towards(address) : asio::ip::make_address(source), 0);
    co_return DatagramPeer{
        net::DatagramSocket(context.executor, local, net::Side::client, context.taps), address};
}

awaitable<net::Message> next_reply(net::MessageReader& replies, const net::Endpoint& server) {
    auto reply = co_await replies.next();
    const error_code ec = reply.error();
    const auto name = to_string(server);
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    if (ec == asio::error::eof) throw Failure(Fault::network, name + " closed without an answer");
    if (ec == Errc::message_too_long) throw Failure(Fault::local, name + " answers without end");
    if (ec) throw Failure(Fault::network, "read from " + name, ec);
    co_return *std::move(reply);
}

}  // namespace nettool::cli
