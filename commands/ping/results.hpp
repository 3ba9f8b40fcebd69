#pragma once
// What ping tells while it runs, and in the end.

#include "nettool/cli/output.hpp"
#include "nettool/net/endpoint.hpp"
#include "nettool/proto/classroom/ping_statistics.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace nettool::commands {

struct PingReply {
    static constexpr std::string_view event = "reply";
    std::uint64_t seq = 0;
    double rtt_ms = 0;
    std::size_t bytes = 0;
    net::Endpoint from;
    bool verified = true;
};
BOOST_DESCRIBE_STRUCT(PingReply, (), (seq, rtt_ms, bytes, from, verified))
std::string print(const PingReply& reply);

struct PingTimeout {
    static constexpr std::string_view event = "timeout";
    std::uint64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(PingTimeout, (), (seq))
std::string print(const PingTimeout& timeout);

struct PingUnreachable {
    static constexpr std::string_view event = "unreachable";
    std::uint64_t seq = 0;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(PingUnreachable, (), (seq, reason))
std::string print(const PingUnreachable& unreachable);

/// What came and is no reply.
struct PingUnexpected {
    static constexpr std::string_view event = "unexpected";
    std::string kind;  // duplicate, late, corrupt, stray
    std::optional<std::uint64_t> seq;
    std::optional<double> rtt_ms;
    std::size_t bytes = 0;
    net::Endpoint from;
};
BOOST_DESCRIBE_STRUCT(PingUnexpected, (), (kind, seq, rtt_ms, bytes, from))
std::string print(const PingUnexpected& unexpected);

struct PingSummary {
    static constexpr std::string_view event = "summary";
    std::uint64_t transmitted = 0, received = 0, lost = 0;
    double loss_percent = 0;
    std::uint64_t duplicates = 0, reordered = 0, late = 0, corrupt = 0, stray = 0;
    std::optional<double> rtt_min_ms, rtt_avg_ms, rtt_max_ms, rtt_mdev_ms;
    std::optional<double> p50_ms, p90_ms, p95_ms, p99_ms, jitter_ms;
    std::string clock;  // kernel, process or mixed
    double time_ms = 0;
    net::Endpoint server;
};
BOOST_DESCRIBE_STRUCT(PingSummary, (),
                      (transmitted, received, lost, loss_percent, duplicates, reordered, late,
                       corrupt, stray, rtt_min_ms, rtt_avg_ms, rtt_max_ms, rtt_mdev_ms, p50_ms,
                       p90_ms, p95_ms, p99_ms, jitter_ms, clock, time_ms, server))
std::string print(const PingSummary& summary);

PingSummary summary_of(const proto::PingStatistics& statistics);

}  // namespace nettool::commands
