#include "nettool/cli/wire_filter.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>

#include <fmt/format.h>

namespace nettool::cli {
namespace {

struct Claim {
    Traffic traffic;
    std::uint16_t port;
    std::string_view protocol;
};

// Of Wireshark 4.0, among the ports that our servers have by default or that are often chosen.
constexpr Claim claims[] = {
    {Traffic::datagrams, 12'000, "LLC"},    {Traffic::datagrams, 5001, "CPFI"},
    {Traffic::stream, 5000, "GSM over IP"}, {Traffic::stream, 6000, "X11"},
    {Traffic::stream, 9000, "S101"},
};

// An address of this machine's own is reached through the loopback interface, too.
bool is_own(const asio::ip::address& address) {
    if (address.is_loopback() || address.is_unspecified()) return true;
    asio::io_context io;
    asio::ip::udp::socket probe(io);
    error_code ec;
    probe.open(address.is_v6() ? asio::ip::udp::v6() : asio::ip::udp::v4(), ec);
    if (!ec) probe.bind({address, 0}, ec);
    return !ec;
}

}  // namespace

std::string print(const WireFilter& filter) {
    return filter.printed == FilterKind::display ? filter.display : filter.capture;
}

WireFilter wire_filter(const net::Endpoint& server, Traffic traffic) {
    const std::string_view protocol = traffic == Traffic::stream ? "tcp" : "udp";
    WireFilter filter;
    filter.display = fmt::format("{}.port == {}", protocol, server.port);
    filter.capture = fmt::format("{} port {}", protocol, server.port);
    error_code ec;
    const auto address = asio::ip::make_address(server.host, ec);
    const bool any = ec || address.is_unspecified();
    if (!any) {
        filter.display +=
            fmt::format(" && {}.addr == {}", address.is_v6() ? "ipv6" : "ip", server.host);
        filter.capture += " and host " + server.host;
    }
    filter.interface = !any && is_own(address) ? "lo" : "any";
    for (const auto& claim : claims)
        if (claim.traffic == traffic && claim.port == server.port)
            filter.warning = fmt::format("Wireshark takes {} port {} for {}", protocol, server.port,
                                         claim.protocol);
    return filter;
}

void show_filter(Context& context, const net::Endpoint& server, Traffic traffic) {
    if (server.is_unix) return;
    if (context.print_filter) {
        auto filter = wire_filter(server, traffic);
        filter.printed = *context.print_filter;
        context.out.emit(filter);
        throw FilterPrinted();
    }
    if (context.log.level() != Log::Level::verbose) return;
    const auto filter = wire_filter(server, traffic);
    context.log.detail("display filter: " + filter.display);
    context.log.detail("capture filter: " + filter.capture + " (interface " + filter.interface +
                       ")");
    if (!filter.warning.empty())
        context.log.detail(filter.warning + "; docs/wireshark/nettool.lua knows better");
}

}  // namespace nettool::cli
