#include "nettool/proxy/phases.hpp"

#include <algorithm>
#include <string_view>

namespace nettool::proxy {
namespace {

using Time = Milestones::Time;

bool has_come(Time time) { return time != Time(); }

// In which it ended: behind the last milestone, or what the error says.
Phases::Part& last_part(const Transaction& transaction, Phases& phases) {
    constexpr unsigned switching = 101, ok = 200, first_redirection = 300;
    const auto& at = transaction.at;
    const std::string_view error = transaction.error;
    const auto status = transaction.status;
    const bool is_open = status == switching || (status >= ok && status < first_redirection);
    if (has_come(at.answered) || (transaction.tunnel && is_open)) return phases.receive;
    if (has_come(at.sent)) return phases.wait;
    if (error.starts_with("tls_")) return phases.tls;
    if (has_come(at.connected) || transaction.reused) return phases.send;
    if (error.starts_with("connection_") || error == "destination_ip_unroutable" ||
        (has_come(at.resolved) && error.empty()))
        return phases.connect;
    return error.starts_with("dns_") ? phases.name : phases.held;
}

}  // namespace

Phases phases_of(const Transaction& transaction) {
    const auto& at = transaction.at;
    Phases phases;
    auto last = at.begun;
    const auto take = [&last](Phases::Part& part, Time end) {
        if (!has_come(end)) return;
        part = part.value_or(std::chrono::nanoseconds(0)) + (std::max(end, last) - last);
        last = std::max(end, last);
    };
    take(phases.name, at.resolved);
    take(phases.connect, at.connected);
    take(phases.tls, at.secured);
    take(phases.send, at.sent);
    take(phases.wait, at.answered);
    take(last_part(transaction, phases), at.ended);
    return phases;
}

std::chrono::nanoseconds duration_of(const Transaction& transaction) {
    const auto& at = transaction.at;
    return has_come(at.ended) ? at.ended - at.begun : std::chrono::nanoseconds(0);
}

}  // namespace nettool::proxy
