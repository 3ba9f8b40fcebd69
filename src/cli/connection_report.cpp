#include "nettool/cli/connection_report.hpp"

#include <fmt/format.h>

namespace nettool::cli {
namespace {

std::optional<double> in_ms(std::optional<std::chrono::microseconds> time) {
    if (!time) return std::nullopt;
    return static_cast<double>(time->count()) / 1000;
}

std::string time_line(std::string_view what, std::optional<double> ms) {
    return ms ? fmt::format("\n{}: {:.3f} ms", what, *ms) : std::string();
}

}  // namespace

std::string print(const ConnectionReport& report) {
    const auto timeout =
        report.timeout_s > 0 ? fmt::format("{} s", report.timeout_s) : std::string("none");
    return fmt::format(
               "host name: {}\npeer: {}\nlocal address: {}\nsocket family: {}\n"
               "socket type: {}\nprotocol: {}\ntimeout: {}",
               report.host_name, to_string(report.peer), to_string(report.local), report.family,
               report.type, report.protocol, timeout) +
           time_line("RTT of the handshake", report.connect_ms) +
           time_line("RTT smoothed by the kernel", report.smoothed_rtt_ms) +
           time_line("RTT at least, says the kernel", report.least_rtt_ms);
}

ConnectionReport report_of(const net::ConnectionInfo& info, std::chrono::milliseconds timeout) {
    ConnectionReport report;
    report.host_name = info.host_name;
    report.peer = info.peer;
    report.local = info.local;
    report.family = info.family;
    report.type = info.type;
    report.protocol = info.protocol;
    report.timeout_s = std::chrono::duration<double>(timeout).count();
    report.smoothed_rtt_ms = in_ms(info.smoothed_rtt);
    report.least_rtt_ms = in_ms(info.least_rtt);
    return report;
}

}  // namespace nettool::cli
