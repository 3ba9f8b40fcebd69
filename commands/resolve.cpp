// resolve: the names and addresses of hosts, as the socket functions of the course give them.

#include "nettool/base/text.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/net/endpoint.hpp"
#include "nettool/net/resolver.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;

struct Host {
    static constexpr std::string_view event = "host";
    std::string name;
    std::string fqdn;
    std::vector<std::string> addresses;
    std::vector<std::string> reverse;  // names of the addresses
};
BOOST_DESCRIBE_STRUCT(Host, (), (name, fqdn, addresses, reverse))

std::string print(const Host& host) {
    std::string text = "name: " + escaped(host.name) + "\nfqdn: " + escaped(host.fqdn);
    for (const auto& address : host.addresses) text += "\naddress: " + address;
    for (const auto& name : host.reverse) text += "\nreverse: " + escaped(name);
    return text;
}

/// The one thing that was asked for.
struct Found {
    static constexpr std::string_view event = "found";
    std::string name;
    std::string value;
};
BOOST_DESCRIBE_STRUCT(Found, (), (name, value))

std::string print(const Found& found) { return escaped(found.value); }

struct ServiceFound {
    static constexpr std::string_view event = "service";
    std::string name;
    std::uint16_t port = 0;
    std::string protocol;
};
BOOST_DESCRIBE_STRUCT(ServiceFound, (), (name, port, protocol))

std::string print(const ServiceFound& service) {
    return fmt::format("{} {}/{}", service.name, service.port, service.protocol);
}

class Resolve final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("NAME", names_, "hosts or addresses (default: this machine)")
            .flag("fqdn", fqdn_, "print the full name only (getfqdn)")
            .flag("address", address_, "print the addresses only (gethostbyname)")
            .flag("reverse", reverse_, "print the names of the addresses only (gethostbyaddr)")
            .flag("services", services_, "NAME is a service or a port: http, 80 (getservbyname)")
            .flag("ipv4,4", only_v4_, "IPv4 addresses only")
            .flag("ipv6,6", only_v6_, "IPv6 addresses only");
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        check();
        ExitCode worst = ExitCode::ok;
        for (const auto& name : names_) {
            const auto code = co_await look_up(context, name);
            worst = std::max(worst, code);
        }
        co_return worst;
    }

private:
    void check() {
        if (fqdn_ + address_ + reverse_ + services_ > 1)
            throw cli::UsageError(
                "--fqdn, --address, --reverse and --services exclude one another");
        if (only_v4_ && only_v6_) throw cli::UsageError("-4 and -6 exclude one another");
        if (services_ && names_.empty()) throw cli::UsageError("missing operand NAME");
        if (names_.empty()) names_.push_back(net::own_name());
        for (const auto& name : names_)
            if (!net::may_be_host(name)) throw cli::UsageError("bad name " + quoted(name));
    }

    net::Family family() const {
        return only_v4_ ? net::Family::v4 : only_v6_ ? net::Family::v6 : net::Family::any;
    }

    awaitable<ExitCode> look_up(cli::Context& context, const std::string& name) const {
        if (services_) co_return co_await look_up_service(context, name);
        Host host;
        host.name = name;
        const auto addresses = co_await net::resolve(name, family());
        if (!addresses) co_return failed(context, name, addresses.error());
        for (const auto& address : *addresses) host.addresses.push_back(net::address_text(address));
        if (!address_ && !reverse_) {
            const auto full = co_await net::full_name(name, family());
            if (!full) co_return failed(context, name, full.error());
            host.fqdn = *full;
        }
        if (!address_ && !fqdn_) co_await add_names(*addresses, host.reverse);
        if (reverse_ && host.reverse.empty())
            co_return failed(context, name, asio::error::host_not_found);
        emit(context, host);
        co_return ExitCode::ok;
    }

    static awaitable<void> add_names(const std::vector<asio::ip::address>& addresses,
                                     std::vector<std::string>& names) {
        for (const auto& address : addresses) {
            const auto name = co_await net::name_of(address);
            if (name && std::ranges::find(names, *name) == names.end()) names.push_back(*name);
        }
    }

    void emit(cli::Context& context, const Host& host) const {
        if (fqdn_) context.out.emit(Found{host.name, host.fqdn});
        if (address_)
            for (const auto& address : host.addresses) context.out.emit(Found{host.name, address});
        if (reverse_)
            for (const auto& name : host.reverse) context.out.emit(Found{host.name, name});
        if (!fqdn_ && !address_ && !reverse_) context.out.emit(host);
    }

    static awaitable<ExitCode> look_up_service(cli::Context& context, const std::string& name) {
        const auto services = co_await net::services_of(name);
        for (const auto& service : services)
            context.out.emit(ServiceFound{service.name, service.port, service.protocol});
        if (!services.empty()) co_return ExitCode::ok;
        context.log.error("no service is called " + quoted(name));
        co_return ExitCode::refused;
    }

    static ExitCode failed(cli::Context& context, const std::string& name, error_code ec) {
        if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
        context.log.error("cannot resolve " + quoted(name) + ": " + ec.message());
        return ExitCode::network;
    }

    std::vector<std::string> names_;
    bool fqdn_ = false;
    bool address_ = false;
    bool reverse_ = false;
    bool services_ = false;
    bool only_v4_ = false;
    bool only_v6_ = false;
};

constexpr cli::Example examples[] = {
    {"nettool resolve localhost", "everything that is known of it"},
    {"nettool resolve --address -4 localhost", "127.0.0.1"},
    {"nettool resolve --reverse 127.0.0.1", "localhost"},
    {"nettool resolve --services http 53", "ports of services, services of ports"},
};

}  // namespace

extern constinit const cli::CommandSpec resolve{
    .name = "resolve",
    .group = "Classroom pairs",
    .summary = "show the names and addresses of hosts",
    .details =
        R"(Asks the system's name service what programs get from getfqdn(), gethostbyname(), gethostbyaddr() and
getservbyname(). What cannot be resolved is an error with status 3; the other names are still shown.)",
    .examples = examples,
    .results = &cli::described<Host, Found, ServiceFound>,
    .make = &cli::make<Resolve>,
};

}  // namespace nettool::commands
