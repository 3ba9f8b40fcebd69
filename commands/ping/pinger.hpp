#pragma once
// One run of probes: sends them on time, judges what comes back, and keeps the statistics.

#include "nettool/cli/client.hpp"
#include "nettool/proto/classroom/ping_probe.hpp"
#include "results.hpp"

#include <chrono>
#include <deque>

namespace nettool::commands {

struct PingSchedule {
    std::uint64_t count = 10;               // zero: until it is stopped
    std::chrono::milliseconds wait{1000};   // for a reply
    std::chrono::milliseconds interval{0};  // zero: the next one right after the reply
    std::chrono::milliseconds deadline{0};  // of the whole run; zero: none
    std::chrono::milliseconds patience{0};  // with a server that is just starting
    std::size_t size_bytes = 0;
};

class Pinger {
public:
    Pinger(cli::Context& context, cli::Client::DatagramPeer peer, const PingSchedule& schedule,
           std::uint32_t cookie);

    /// To the end of the schedule or until it is stopped.  Throws Failure (network).
    awaitable<void> run();

    PingSummary summary() const;

private:
    using Clock = std::chrono::steady_clock;
    using Datagram = net::DatagramSocket::Datagram;
    using Report = net::DatagramSocket::Report;

    struct Sent {
        Clock::time_point at;
        std::uint32_t index = 0;  // of the datagram
        WallTime by_kernel;       // zero: unknown
    };

    bool all_sent() const { return schedule_.count > 0 && probes_.sent() >= schedule_.count; }
    bool is_over(Clock::time_point now) const;
    bool may_send(Clock::time_point now) const;
    Clock::time_point next_event(Clock::time_point now) const;
    awaitable<void> send_next();
    awaitable<void> send(const std::string& probe);
    void expire(Clock::time_point now);
    void take(const Datagram& datagram, std::string_view bytes);
    void take_reply(const Datagram& datagram, const proto::PingProbes::Judgement& judgement);
    void tell_unexpected(std::string kind, const Datagram& datagram,
                         std::optional<std::uint64_t> seq, std::optional<double> rtt_ms);
    void take_report(const Report& report);
    void refused(std::uint64_t number, error_code reason);
    std::chrono::nanoseconds round_trip(const Datagram& datagram, std::uint64_t number);
    std::optional<std::uint64_t> single_outstanding() const;
    Sent* sent(std::uint64_t number);

    template <class T>
    void tell(const T& result) {
        if (context_.log.level() != cli::Log::Level::quiet) context_.out.emit(result);
    }

    cli::Context& context_;
    net::DatagramSocket socket_;
    net::DatagramSocket::Address server_;
    PingSchedule schedule_;
    proto::PingProbes probes_;
    proto::PingStatistics statistics_;
    std::deque<Sent> sent_;  // from number first_ on
    std::uint64_t first_ = 1;
    std::uint64_t waits_from_ = 1;  // all before it are settled
    std::uint32_t datagrams_ = 0;
    std::string last_probe_;
    Clock::time_point begin_, end_;
    Clock::time_point turn_;                     // when the next one may be sent
    std::optional<Clock::time_point> knock_at_;  // the first one again, for it was refused
    std::uint64_t by_kernel_ = 0, by_process_ = 0;
};

}  // namespace nettool::commands
