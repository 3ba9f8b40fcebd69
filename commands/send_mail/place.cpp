#include "place.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/net/resolver.hpp"

#include <algorithm>
#include <array>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t own_port = 2525, relay_port = 25, submission_port = 587, tls_port = 465;
constexpr std::uint16_t dns_port = 53;

// As EHLO wants it where there is no name (RFC 5321 §4.1.3).
std::string address_literal(const std::string& host) {
    error_code not_literal;
    const auto address = asio::ip::make_address(host, not_literal);
    if (not_literal) return "localhost";
    return address.is_v6() ? "[IPv6:" + host + "]" : "[" + host + "]";
}

}  // namespace

bool is_this_machine(const net::Flow& flow) {
    return flow.peer.is_unix || net::is_loopback(flow.peer);
}

void Place::declare(cli::OptionSet& options) {
    options.group("Server")
        .value(
            "server", server_text_, "HOST[:PORT]",
            "send through this server (default 127.0.0.1:2525); without a port 25, with --user 587")
        .value("host", host_, "H", "the same, the host alone")
        .value("port", port_, "N", "at this port of it")
        .value("unix", unix_path_, "PATH", "send through this Unix socket instead")
        .choice("provider", provider_,
                {{"none", Provider::none},
                 {"gmail", Provider::gmail},
                 {"outlook", Provider::outlook},
                 {"yahoo", Provider::yahoo}},
                "send through this provider, over STARTTLS")
        .flag("mx", mx_, "send to the mail exchangers of all domains that get it")
        .value("name-server", name_server_text_, "ADDRESS[:PORT]",
               "ask this one for the mail exchangers")
        .choice("security", security_,
                {{"auto", Security::automatic},
                 {"none", Security::none},
                 {"starttls", Security::starttls},
                 {"tls", Security::tls}},
                "STARTTLS where it is offered, no TLS, STARTTLS always, or TLS from the beginning")
        .flag("tls", tls_, "the same as --security tls")
        .value("helo", helo_, "NAME", "call ourselves so");
    dialer_.declare(options);
}

bool Place::is_named() const noexcept {
    return server_text_ || host_ || port_ || !unix_path_.empty() || provider_ != Provider::none;
}

std::vector<std::string> Place::ways() const {
    std::vector<std::string> given;
    if (server_text_) given.emplace_back("--server");
    if (host_) given.emplace_back("--host");
    if (!unix_path_.empty()) given.emplace_back("--unix");
    if (provider_ != Provider::none) given.emplace_back("--provider");
    if (mx_) given.emplace_back("--mx");
    return given;
}

void Place::check_ways() const {
    auto given = ways();
    if (port_ && !unix_path_.empty()) given.emplace_back("--port");
    if (given.size() < 2) return;
    const auto last = std::move(given.back());
    given.pop_back();
    std::string others;
    for (const auto& way : given) append_joined(others, ", ", way);
    throw cli::UsageError(others + " and " + last + " exclude one another");
}

void Place::command_line_is_read() {
    says_place_ = !ways().empty();
    says_port_ = port_.has_value() && !says_place_;
}

bool Place::gives_way(std::string_view option) const noexcept {
    if (says_port_ && option == "unix") return true;
    if (says_place_ && !mx_ && option == "name-server") return true;
    constexpr std::array places = {"server", "host", "port", "unix", "provider", "mx"};
    return says_place_ && std::ranges::find(places, option) != places.end();
}

void Place::check(bool with_login) {
    dialer_.check();
    if (tls_ && security_ != Security::automatic && security_ != Security::tls)
        throw cli::UsageError("--tls and --security exclude one another");
    if (tls_) security_ = Security::tls;
    if (has_control_bytes(helo_) || helo_.find(' ') != helo_.npos)
        throw cli::UsageError("--helo: bad value " + quoted(helo_, 200));
    if (port_ == 0) throw cli::UsageError("bad port '0'");
    check_ways();
    if (!name_server_text_.empty()) {
        if (!mx_) throw cli::UsageError("--name-server goes with --mx");
        error_code wrong;
        asio::ip::make_address_v4(name_server()->host, wrong);
        if (wrong) throw cli::UsageError("--name-server: bad value " + quoted(name_server_text_));
    }
    if (mx_ && with_login) throw cli::UsageError("--user does not go with --mx");
    const bool names_provider = provider_ != Provider::none;
    auto port = with_login ? submission_port : relay_port;
    if (security_ == Security::tls) port = tls_port;
    take_server(port_.value_or(port));
    if (provider_ == Provider::none) provider_ = provider_of_host(server_.host);
    if (server_.port == tls_port && security_ == Security::automatic) security_ = Security::tls;
    // They are to be believed.
    if (names_provider && security_ == Security::automatic) security_ = Security::starttls;
}

void Place::take_server(std::uint16_t port) {
    if (provider_ != Provider::none) {
        const auto place = place_of(provider_);
        server_.host = place.host;
        server_.port = port_ || security_ == Security::tls ? port : place.port;
    } else if (server_text_) {
        server_ = server_of(port);
    } else if (!unix_path_.empty()) {
        server_.host = unix_path_;
        server_.is_unix = true;
    } else {
        server_.host = host_.value_or("127.0.0.1");
        server_.port = host_ ? port : port_.value_or(own_port);
        if (!net::may_be_host(server_.host))
            throw cli::UsageError("bad host " + quoted(server_.host));
    }
}

// HOST, HOST:PORT, [V6]:PORT, unix:PATH or an address of IPv6 alone.
net::Endpoint Place::server_of(std::uint16_t port) const {
    const auto& text = *server_text_;
    error_code not_literal;
    asio::ip::make_address(text, not_literal);
    if (auto whole = net::parse_endpoint(text); not_literal && whole) {
        if (whole->port == 0 && !whole->is_unix)
            throw cli::UsageError("--server: bad port in " + quoted(text, 200));
        if (port_ && whole->is_unix) throw cli::UsageError("--port does not go with a Unix socket");
        if (port_ && !says_port_)
            throw cli::UsageError("--port and the port of --server exclude one another");
        if (port_) whole->port = *port_;
        return *whole;
    }
    if (not_literal && (text.find(':') != text.npos || !net::may_be_host(text)))
        throw cli::UsageError("--server: bad value " + quoted(text, 200) + " (HOST or HOST:PORT)");
    net::Endpoint endpoint;
    endpoint.host = text;
    endpoint.port = port;
    return endpoint;
}

net::Endpoint Place::exchanger(const std::string& host) const {
    net::Endpoint endpoint;
    endpoint.host = host;
    endpoint.port = port_.value_or(relay_port);
    return endpoint;
}

std::optional<net::Endpoint> Place::name_server() const {
    if (name_server_text_.empty()) return std::nullopt;
    if (const auto whole = net::parse_endpoint(name_server_text_)) return *whole;
    net::Endpoint endpoint;
    endpoint.host = name_server_text_;
    endpoint.port = dns_port;
    return endpoint;
}

std::string Place::own_name(const net::Flow& flow) const {
    if (!helo_.empty()) return helo_;
    auto name = net::own_name();
    return name.find('.') != name.npos ? name : address_literal(flow.local.host);
}

// `mail-server & send-mail` starts both at once.
std::chrono::milliseconds Place::patience() const {
    if (mx_) return 0ms;
    if (!is_named()) return 2s;
    return server_.is_unix || net::is_loopback(server_) ? 250ms : 0ms;
}

awaitable<net::Stream> Place::connect(cli::Context& context, net::Endpoint server) const {
    co_return co_await dialer_.dial(context, std::move(server), false, nullptr, patience());
}

awaitable<bool> Place::secure(cli::Context& context, net::Stream& stream,
                              net::Endpoint server) const {
    using Doubt = net::Stream::Doubt;
    // On this machine a server has usually made its certificate itself.
    const bool lenient = security_ == Security::automatic && is_this_machine(stream.flow());
    const auto doubt = co_await dialer_.secure(context, stream, std::move(server),
                                               lenient ? Doubt::is_noted : Doubt::fails);
    if (!doubt.empty())
        context.log.notice("the certificate of " + to_string(stream.flow().peer) +
                           " is not to be believed: " + escaped(doubt) +
                           "; on this machine that is no reason to stop");
    const auto session = stream.tls_session();
    co_return doubt.empty() && session && session->verified;
}

}  // namespace nettool::commands
