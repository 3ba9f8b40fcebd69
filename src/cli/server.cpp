#include "nettool/cli/server.hpp"

#include "datagram_hall.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/wire_filter.hpp"
#include "nettool/net/limits.hpp"
#include "nettool/net/resolver.hpp"
#include "session_hall.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace nettool::cli {

using namespace std::chrono_literals;

std::string print(const Listening& listening) {
    net::Endpoint endpoint;
    endpoint.host = listening.address;
    endpoint.port = listening.port;
    endpoint.is_unix = listening.transport == "unix";
    std::string text = "listening on " + to_string(endpoint);
    if (listening.tls_sha256) text += "\ncertificate sha256 " + *listening.tls_sha256;
    return text;
}

std::string print(const PageListening& page) { return "page on " + page.url; }

Server Server::local_page(std::uint16_t port) {
    Server page(port, 60s);
    page.is_page_ = true;
    return page;
}

Server Server::page(std::uint16_t port) const {
    auto page = local_page(port);
    page.host_ = host_;
    return page;
}

void Server::take_port(std::vector<std::string>& operands) {
    std::uint16_t port = 0;
    if (operands.empty() || !parse_value(operands.front(), port)) return;
    if (port_ && *port_ != port) throw UsageError("--port and the operand name two ports");
    port_ = port;
    operands.erase(operands.begin());
}

void Server::declare(OptionSet& options) {
    options.group("Listening")
        .value("host", host_, "ADDR",
               "listen on this address or name (default 127.0.0.1); :: for all")
        .value("port", port_, "N",
               "listen on this port, 0 for any free one (default " + std::to_string(default_port_) +
                   ")");
    if (transport_ != Transport::datagram) declare_streams(options);
    if (transport_ != Transport::stream)
        options.value("max-rate", max_rate_, "N",
                      "answer no address more than so many datagrams a second, but loopback");
    options.value("ready-file", ready_file_, "FILE", "write the port to this file once listening");
    faults_.declare(options, transport_);
}

void Server::declare_streams(OptionSet& options) {
    options.value("unix", unix_path_, "PATH", "listen on a Unix socket instead")
        .value("fd", descriptor_, "N", "listen on this inherited descriptor instead")
        .value("backlog", backlog_, "N", "let this many connections wait to be accepted")
        .value("max-connections", max_connections_, "N", "turn away connections beyond this many")
        .value("idle", idle_, "TIME", "hang up on a peer that is silent this long; 0s: never")
        .flag("once", once_, "serve a single connection, then end")
        .flag("tls", tls_, "speak TLS, with a self-signed certificate unless --cert is given")
        .value("cert", certificate_.certificate_file, "FILE", "certificate chain for --tls (PEM)")
        .value("key", certificate_.key_file, "FILE", "private key of --cert (PEM)");
}

void Server::check() const {
    if (certificate_.certificate_file.empty() != certificate_.key_file.empty())
        throw UsageError("--cert and --key go together");
    if (!certificate_.certificate_file.empty() && !tls_ && !may_upgrade_)
        throw UsageError("--cert goes with --tls");
    if (!unix_path_.empty() && (host_ || port_ || descriptor_))
        throw UsageError("--unix does not go with --host, --port or --fd");
    if (descriptor_ && (host_ || port_)) throw UsageError("--fd does not go with --host or --port");
    if (host_ && !net::may_be_host(*host_)) throw UsageError("bad host " + quoted(*host_));
    if (max_rate_ == 0) throw UsageError("--max-rate: bad value '0'");
    if (max_connections_ == 0) throw UsageError("--max-connections: bad value '0'");
    if (backlog_ < 1) throw UsageError("--backlog: bad value '" + std::to_string(backlog_) + "'");
}

std::function<net::TlsContext()> Server::upgrade(const Context& context) const {
    struct Shared {
        std::mutex mutex;
        net::TlsContext made;
    };
    auto shared = std::make_shared<Shared>();
    const auto make = [this, &context] {
        return net::server_tls(certificate_, context.key_log_file).context;
    };
    if (!certificate_.certificate_file.empty()) shared->made = make();
    return [shared, make] {
        const std::lock_guard lock(shared->mutex);
        if (!shared->made) shared->made = make();
        return shared->made;
    };
}

awaitable<std::vector<net::Endpoint>> Server::places() const {
    std::vector<net::Endpoint> places;
    net::Endpoint place;
    place.port = port_.value_or(default_port_);
    if (!unix_path_.empty()) {
        place.host = unix_path_;
        place.is_unix = true;
        places.push_back(place);
        co_return places;
    }
    const std::string host = host_.value_or("127.0.0.1");
    const auto addresses = co_await net::resolve(host);
    if (!addresses) throw Failure(Fault::network, "resolve " + host, addresses.error());
    for (const auto& address : *addresses) {
        place.host = address.to_string();
        places.push_back(place);
    }
    co_return places;
}

std::vector<net::Listener> Server::open(Context& context, const net::Listener::Options& options,
                                        const std::vector<net::Endpoint>& places) const {
    std::vector<net::Listener> listeners;
    if (descriptor_) {
        listeners.emplace_back(context.executor, context.pool, *descriptor_, options);
        return listeners;
    }
    for (auto place : places) {
        // Any free port, but the same for every address of a name.
        if (place.port == 0 && !listeners.empty()) place.port = listeners.front().local().port;
        listeners.emplace_back(context.executor, context.pool, place, options);
    }
    return listeners;
}

void Server::announce(Context& context, const net::Endpoint& local, std::string_view transport,
                      const std::string& fingerprint) const {
    Listening listening;
    listening.address = local.host;
    listening.port = local.port;
    listening.transport = local.is_unix ? "unix" : transport;
    if (!fingerprint.empty()) listening.tls_sha256 = fingerprint;
    if (is_page_)
        context.out.emit(PageListening{"http://" + to_string(local) + "/"});
    else
        context.out.emit(listening);
    context.on_listening(local);
    on_place_(local);
}

awaitable<void> Server::serve(Context& context, Session session) const {
    check();
    net::ServerTls tls;
    if (tls_) tls = net::server_tls(certificate_, context.key_log_file);
    net::Listener::Options options;
    options.backlog = backlog_;
    options.strands = strands_;
    if (one_strand_) options.strands.assign(1, context.executor);
    options.stream.idle = idle_;
    options.stream.taps = context.taps;
    options.stream.faults = faults_.of_streams();
    std::vector<net::Endpoint> at;
    if (!descriptor_) at = co_await places();
    if (context.print_filter && !at.empty()) show_filter(context, at.front(), Traffic::stream);
    auto listeners = open(context, options, at);
    net::provide_descriptors(max_connections_);
    if (!ready_file_.empty())
        write_whole_file(ready_file_, std::to_string(listeners.front().local().port) + "\n");
    for (const auto& listener : listeners)
        announce(context, listener.local(), "tcp", tls.fingerprint);
    for (const auto& listener : listeners) show_filter(context, listener.local(), Traffic::stream);

    SessionHall hall(context, std::move(session), tls.context, plaintext_,
                     {max_connections_, once_, busy_});
    co_await hall.run(listeners);
}

awaitable<std::uint64_t> Server::serve_datagrams(Context& context, Answer answer) const {
    check();
    if (tls_ || once_ || descriptor_ || !unix_path_.empty())
        throw UsageError("--tls, --once, --fd and --unix do not go with --udp");
    net::ReplyGuard::Limits limits;
    limits.per_second = max_rate_;
    DatagramHall hall(context, std::move(answer), faults_.of_datagrams(), limits);
    std::vector<net::Endpoint> listening;
    const auto at = co_await places();
    if (context.print_filter) show_filter(context, at.front(), Traffic::datagrams);
    for (const auto& place : at) {
        // Any free port, but the same for every address of a name.
        const auto port =
            place.port == 0 && !listening.empty() ? listening.front().port : place.port;
        const net::DatagramSocket::Address local(asio::ip::make_address(place.host), port);
        listening.push_back(hall.open(local, stamped_).local());
    }
    if (!ready_file_.empty())
        write_whole_file(ready_file_, std::to_string(listening.front().port) + "\n");
    for (const auto& local : listening) announce(context, local, "udp", {});
    for (const auto& local : listening) show_filter(context, local, Traffic::datagrams);
    co_await hall.run();
    co_return hall.dropped();
}

}  // namespace nettool::cli
