#include "pinger.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace nettool::commands {

using namespace std::chrono_literals;
using Kind = proto::PingProbes::Kind;
using Arrival = proto::PingStatistics::Arrival;
using std::chrono::nanoseconds;

namespace {

constexpr auto between_knocks = 10ms;

double in_milliseconds(nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

std::string reason_of(error_code ec) {
    if (ec == asio::error::connection_refused) return "Destination port unreachable";
    if (ec == asio::error::host_unreachable) return "Destination host unreachable";
    if (ec == asio::error::network_unreachable) return "Destination network unreachable";
    return ec.message();
}

}  // namespace

Pinger::Pinger(cli::Context& context, cli::Client::DatagramPeer peer, const PingSchedule& schedule,
               std::uint32_t cookie)
    : context_(context),
      socket_(std::move(peer.socket)),
      server_(peer.address),
      schedule_(schedule),
      probes_(cookie, schedule.size_bytes) {}

awaitable<void> Pinger::run() {
    // The socket calls back: from here on this object stays where it is.
    socket_.ask_for_reports([this](const Report& report) { take_report(report); });
    std::vector<char> buffer(net::max_datagram_bytes);
    begin_ = turn_ = end_ = Clock::now();
    for (;;) {
        const bool stopped = co_await net::stop_requested();
        const auto now = Clock::now();
        expire(now);
        if (stopped || is_over(now)) break;
        if (knock_at_ && *knock_at_ <= now)
            co_await send(last_probe_);
        else if (may_send(now))
            co_await send_next();
        const auto wait = next_event(now) - Clock::now();
        if (wait <= 0ns) continue;
        const auto datagram = co_await socket_.receive(asio::buffer(buffer), wait);
        if (datagram) take(*datagram, {buffer.data(), datagram->size});
    }
    end_ = Clock::now();
}

bool Pinger::is_over(Clock::time_point now) const {
    if (schedule_.deadline > 0ms && now - begin_ >= schedule_.deadline) return true;
    return all_sent() && waits_from_ > probes_.sent() && !knock_at_;
}

bool Pinger::may_send(Clock::time_point now) const {
    return !all_sent() && !knock_at_ && turn_ <= now;
}

Pinger::Clock::time_point Pinger::next_event(Clock::time_point now) const {
    auto next = schedule_.deadline > 0ms ? begin_ + schedule_.deadline : now + 1h;
    if (knock_at_)
        next = std::min(next, *knock_at_);
    else if (!all_sent())
        next = std::min(next, turn_);
    if (waits_from_ <= probes_.sent())
        next = std::min(next, sent_[waits_from_ - first_].at + schedule_.wait);
    return next;
}

awaitable<void> Pinger::send_next() {
    last_probe_ = probes_.next(std::chrono::system_clock::now().time_since_epoch());
    statistics_.transmitted();
    sent_.emplace_back();
    if (sent_.size() > proto::PingProbes::remembered) {
        sent_.pop_front();
        ++first_;
        waits_from_ = std::max(waits_from_, first_);
    }
    // In lock-step its reply brings the turn forward.
    const bool lock_step = schedule_.interval == 0ms;
    turn_ = lock_step ? Clock::now() + schedule_.wait : turn_ + schedule_.interval;
    co_await send(last_probe_);
}

awaitable<void> Pinger::send(const std::string& probe) {
    knock_at_.reset();
    auto& sent = sent_.back();
    sent.index = datagrams_++;
    sent.at = Clock::now();
    auto done = co_await socket_.send(probe, server_);
    // An ICMP error of an earlier one is reported at the next system call, once.
    if (done.has_error() && done.error() == asio::error::connection_refused)
        done = co_await socket_.send(probe, server_);
    if (!done)
        throw Failure(Fault::network, "send to " + to_string(net::endpoint_of(server_)),
                      done.error());
}

// Those whose time is over are lost; the first that still waits is found on the way.
void Pinger::expire(Clock::time_point now) {
    for (; waits_from_ <= probes_.sent(); ++waits_from_) {
        if (!statistics_.waits_for(waits_from_)) continue;
        if (sent_[waits_from_ - first_].at + schedule_.wait > now) break;
        statistics_.give_up(waits_from_);
        tell(PingTimeout{waits_from_});
    }
}

std::optional<std::uint64_t> Pinger::single_outstanding() const {
    const auto last = probes_.sent();
    if (schedule_.interval > 0ms || !statistics_.waits_for(last)) return std::nullopt;
    return last;
}

Pinger::Sent* Pinger::sent(std::uint64_t number) {
    if (number < first_ || number - first_ >= sent_.size()) return nullptr;
    return &sent_[number - first_];
}

void Pinger::take(const Datagram& datagram, std::string_view bytes) {
    proto::PingProbes::Judgement judgement;
    if (datagram.peer == server_) judgement = probes_.judge(bytes, single_outstanding());
    switch (judgement.kind) {
        case Kind::verified:
        case Kind::unverified: return take_reply(datagram, judgement);
        case Kind::corrupt:
            statistics_.count_corrupt();
            return tell_unexpected("corrupt", datagram, std::nullopt, std::nullopt);
        case Kind::stray:
            statistics_.count_stray();
            return tell_unexpected("stray", datagram, std::nullopt, std::nullopt);
    }
}

void Pinger::take_reply(const Datagram& datagram, const proto::PingProbes::Judgement& judgement) {
    const auto number = judgement.number;
    const auto time = round_trip(datagram, number);
    if (time > schedule_.wait) statistics_.give_up(number);
    const auto rtt_ms = in_milliseconds(time);
    switch (statistics_.arrived(number, time)) {
        case Arrival::duplicate: return tell_unexpected("duplicate", datagram, number, rtt_ms);
        case Arrival::late: return tell_unexpected("late", datagram, number, rtt_ms);
        case Arrival::reply: break;
    }
    PingReply reply;
    reply.seq = number;
    reply.rtt_ms = rtt_ms;
    reply.bytes = datagram.size;
    reply.from = net::endpoint_of(datagram.peer);
    reply.verified = judgement.kind == Kind::verified;
    tell(reply);
    if (schedule_.interval == 0ms && number == probes_.sent()) turn_ = Clock::now();
}

void Pinger::tell_unexpected(std::string kind, const Datagram& datagram,
                             std::optional<std::uint64_t> seq, std::optional<double> rtt_ms) {
    PingUnexpected unexpected;
    unexpected.kind = std::move(kind);
    unexpected.seq = seq;
    unexpected.rtt_ms = rtt_ms;
    unexpected.bytes = datagram.size;
    unexpected.from = net::endpoint_of(datagram.peer);
    tell(unexpected);
}

void Pinger::take_report(const Report& report) {
    if (report.error) {
        if (const auto number = probes_.number_of(report.probe)) refused(*number, report.error);
        return;
    }
    // Stamps come in the order of sending, and soon.
    const auto entry = std::ranges::find(sent_.rbegin(), sent_.rend(), report.index, &Sent::index);
    if (entry != sent_.rend()) entry->by_kernel = report.sent;
}

void Pinger::refused(std::uint64_t number, error_code reason) {
    if (!statistics_.waits_for(number)) return;
    if (number == 1 && probes_.sent() == 1 && Clock::now() - begin_ < schedule_.patience) {
        knock_at_ = Clock::now() + between_knocks;
        return;
    }
    statistics_.give_up(number);
    tell(PingUnreachable{number, reason_of(reason)});
}

// The kernel's stamps lie closer to the wire.  They are wall-clock time, which may be set: they
// count only where they fit into what the process itself has seen.
nanoseconds Pinger::round_trip(const Datagram& datagram, std::uint64_t number) {
    const auto* probe = sent(number);
    if (!probe) return nanoseconds::max();
    const nanoseconds seen = Clock::now() - probe->at;
    const nanoseconds stamped = datagram.received - probe->by_kernel;
    const bool known = datagram.kernel_time && probe->by_kernel != WallTime();
    const bool fits = known && stamped > 0ns && stamped <= seen;
    ++(fits ? by_kernel_ : by_process_);
    return fits ? stamped : seen;
}

PingSummary Pinger::summary() const {
    auto summary = summary_of(statistics_);
    summary.clock = by_process_ == 0 && by_kernel_ > 0 ? "kernel"
                    : by_kernel_ == 0                  ? "process"
                                                       : "mixed";
    summary.time_ms = in_milliseconds(end_ - begin_);
    summary.server = net::endpoint_of(server_);
    return summary;
}

}  // namespace nettool::commands
