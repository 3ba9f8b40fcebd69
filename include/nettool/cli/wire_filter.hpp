#pragma once
// The filters that show a command's own traffic in Wireshark and tcpdump.

#include "nettool/cli/command.hpp"
#include "nettool/net/endpoint.hpp"

namespace nettool::cli {

struct WireFilter {
    static constexpr std::string_view event = "filter";
    std::string display;    // of Wireshark and tshark
    std::string capture;    // of libpcap
    std::string interface;  // where the traffic passes
    std::string warning;    // what Wireshark takes the port for, if for something else

    FilterKind printed = FilterKind::display;
};
BOOST_DESCRIBE_STRUCT(WireFilter, (), (display, capture, interface, warning))
std::string print(const WireFilter& filter);

enum class Traffic { stream, datagrams };

/// `server`: a literal address and port.
WireFilter wire_filter(const net::Endpoint& server, Traffic traffic);

/// Thrown where --print-filter has done what was asked for.
struct FilterPrinted {};

/// With --print-filter prints the filter and throws FilterPrinted; with -v tells it.
void show_filter(Context& context, const net::Endpoint& server, Traffic traffic);

}  // namespace nettool::cli
