#include "results.hpp"

#include "nettool/base/text.hpp"

#include <fmt/format.h>

namespace nettool::commands {
namespace {

double ms_between(http::Phases::Time begin, http::Phases::Time end) {
    return end < begin ? 0.0 : std::chrono::duration<double, std::milli>(end - begin).count();
}

std::string times_of(const http::Timing& timing) {
    auto text =
        fmt::format("name {:.3f} ms, connect {:.3f} ms, ", timing.name_ms, timing.connect_ms);
    if (timing.proxy_ms > 0) text += fmt::format("proxy {:.3f} ms, ", timing.proxy_ms);
    return text + fmt::format("TLS {:.3f} ms, first byte {:.3f} ms, total {:.3f} ms", timing.tls_ms,
                              timing.response_ms, timing.total_ms);
}

void add_attempts(const http::Hop& hop, std::vector<std::string>& lines) {
    const auto& attempts = hop.phases.attempts;
    const bool obvious = attempts.size() == 1 && !attempts.front().error;
    if (obvious) return;
    for (const auto& attempt : attempts) {
        const bool ended = attempt.ended != http::Phases::Time();
        const auto outcome = !ended          ? "given up, another address was faster"
                             : attempt.error ? attempt.error.message()
                                             : "connected";
        const auto took =
            ended ? fmt::format(" after {:.3f} ms", ms_between(attempt.begun, attempt.ended)) : "";
        lines.push_back(fmt::format("tried {}: {}{}", to_string(attempt.address), outcome, took));
    }
}

}  // namespace

FetchedHop hop_of(const http::Hop& hop) {
    const auto timing = http::timing_of(hop.phases, std::max(hop.end, hop.phases.begun));
    FetchedHop fetched;
    fetched.url = public_text(hop.url);
    fetched.status = hop.status;
    fetched.proxy = hop.proxy;
    if (!hop.peer.host.empty()) fetched.peer = to_string(hop.peer);
    fetched.reused = hop.reused;
    fetched.name_ms = timing.name_ms;
    fetched.connect_ms = timing.connect_ms;
    fetched.proxy_ms = timing.proxy_ms;
    fetched.tls_ms = timing.tls_ms;
    fetched.response_ms = timing.response_ms;
    fetched.total_ms = timing.total_ms;
    for (const auto& attempt : hop.phases.attempts)
        fetched.tried.push_back({to_string(attempt.address),
                                 attempt.error ? attempt.error.message() : std::string(),
                                 ms_between(attempt.begun, attempt.ended)});
    return fetched;
}

std::vector<std::string> timing_lines(const http::Trail& trail, http::Phases::Time end) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < trail.size(); ++i) {
        const auto& hop = trail[i];
        add_attempts(hop, lines);
        const bool last = i + 1 == trail.size();
        if (hop.status == 0) continue;
        const auto timing = http::timing_of(hop.phases, last ? end : hop.end);
        const auto what = last && i == 0 ? std::string()
                                         : fmt::format("{} {}: ", public_text(hop.url), hop.status);
        lines.push_back(what + times_of(timing) + (hop.reused ? ", connection used before" : ""));
    }
    return lines;
}

}  // namespace nettool::commands
