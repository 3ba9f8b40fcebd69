#pragma once
// The parameters of a connection, each said by what it is, as the file exercise wants them shown.

#include "nettool/cli/output.hpp"
#include "nettool/net/connection_info.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace nettool::cli {

struct ConnectionReport {
    static constexpr std::string_view event = "connection";
    std::string host_name;  // of this machine
    net::Endpoint peer, local;
    std::string family, type, protocol;
    double timeout_s = 0;              // 0: none
    std::optional<double> connect_ms;  // of a client: how long TCP's handshake took
    std::optional<double> smoothed_rtt_ms, least_rtt_ms;  // as the kernel estimates
};
BOOST_DESCRIBE_STRUCT(ConnectionReport, (),
                      (host_name, peer, local, family, type, protocol, timeout_s, connect_ms,
                       smoothed_rtt_ms, least_rtt_ms))
std::string print(const ConnectionReport& report);

ConnectionReport report_of(const net::ConnectionInfo& info, std::chrono::milliseconds timeout);

}  // namespace nettool::cli
