#include "results.hpp"

#include <fmt/format.h>

namespace nettool::commands {

std::string print(const PingReply& r) {
    return fmt::format("Ping {}: reply from {} bytes={} time={:.3f} ms{}", r.seq, to_string(r.from),
                       r.bytes, r.rtt_ms, r.verified ? "" : " (unverified)");
}

std::string print(const PingTimeout& t) {
    return fmt::format("Ping {}: Request timed out (lost)", t.seq);
}

std::string print(const PingUnreachable& u) { return fmt::format("Ping {}: {}", u.seq, u.reason); }

std::string print(const PingUnexpected& u) {
    if (!u.rtt_ms)
        return fmt::format("{} datagram from {} bytes={}", u.kind, to_string(u.from), u.bytes);
    return fmt::format("Ping {}: reply from {} bytes={} time={:.3f} ms ({})", u.seq.value_or(0),
                       to_string(u.from), u.bytes, *u.rtt_ms,
                       u.kind == "duplicate" ? "DUP!" : "late, and so lost");
}

// As ping(8) has it.
std::string print(const PingSummary& s) {
    auto text = fmt::format(
        "--- {} ping statistics ---\n"
        "{} packets transmitted, {} received, {:.6g}% packet loss, time {:.0f}ms\n",
        to_string(s.server), s.transmitted, s.received, s.loss_percent, s.time_ms);
    if (s.rtt_min_ms)
        text += fmt::format(
            "rtt min/avg/max/mdev = {:.3f}/{:.3f}/{:.3f}/{:.3f} ms\n"
            "rtt p50/p90/p95/p99 = {:.3f}/{:.3f}/{:.3f}/{:.3f} ms, jitter {:.3f} ms, {} clock\n",
            *s.rtt_min_ms, *s.rtt_avg_ms, *s.rtt_max_ms, *s.rtt_mdev_ms, *s.p50_ms, *s.p90_ms,
            *s.p95_ms, *s.p99_ms, *s.jitter_ms, s.clock);
    text += fmt::format("{} duplicates, {} reordered, {} late, {} corrupt, {} stray", s.duplicates,
                        s.reordered, s.late, s.corrupt, s.stray);
    return text;
}

PingSummary summary_of(const proto::PingStatistics& statistics) {
    PingSummary summary;
    summary.transmitted = statistics.sent();
    summary.received = statistics.received();
    summary.lost = statistics.sent() - statistics.received();
    summary.loss_percent = statistics.loss_percent();
    summary.duplicates = statistics.duplicates();
    summary.reordered = statistics.reordered();
    summary.late = statistics.late();
    summary.corrupt = statistics.corrupt();
    summary.stray = statistics.stray();
    const auto rtt = statistics.round_trips();
    if (!rtt) return summary;
    summary.rtt_min_ms = rtt->min;
    summary.rtt_avg_ms = rtt->avg;
    summary.rtt_max_ms = rtt->max;
    summary.rtt_mdev_ms = rtt->mdev;
    summary.p50_ms = rtt->p50;
    summary.p90_ms = rtt->p90;
    summary.p95_ms = rtt->p95;
    summary.p99_ms = rtt->p99;
    summary.jitter_ms = rtt->jitter;
    return summary;
}

}  // namespace nettool::commands
