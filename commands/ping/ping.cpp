// ping: measures the way to a UDP echo server and back, probe by probe.

#include "nettool/cli/client.hpp"
#include "nettool/cli/faults.hpp"
#include "pinger.hpp"

#include <random>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;
using cli::ExitCode;

class Ping final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("HOST PORT", operands_, "the server, if it is not 127.0.0.1 12000")
            .value("count,c", schedule_.count, "N", "send so many probes; 0: until stopped")
            .value("wait,W", schedule_.wait, "TIME", "take a probe for lost after this time")
            .value("interval,i", interval_, "TIME",
                   "send at this pace (default: the next one right after the reply)")
            .value("size,s", size_bytes_, "BYTES", "make every probe so long")
            .value("deadline,w", deadline_, "TIME", "end after this time, whatever is left")
            .value("max-loss", max_loss_, "P", "end with status 1 if more than this, 10%, is lost")
            .value("max-rtt", max_rtt_, "TIME", "end with status 1 if a reply takes longer");
        client_.declare(options);
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        client_.take_target(operands_);
        cli::refuse_operands(operands_);
        check();
        auto peer = co_await client_.open_datagrams(context);
        Pinger pinger(context, std::move(peer), schedule_, std::random_device()());
        co_await pinger.run();
        const auto summary = pinger.summary();
        context.out.emit(summary);
        co_return judged(summary);
    }

private:
    void check() {
        if (schedule_.wait == 0ms) throw cli::UsageError("--wait: bad value '0s'");
        if (interval_ == 0ms) throw cli::UsageError("--interval: bad value '0s'");
        if (deadline_ == 0ms) throw cli::UsageError("--deadline: bad value '0s'");
        schedule_.interval = interval_.value_or(0ms);
        schedule_.deadline = deadline_.value_or(0ms);
        schedule_.patience = client_.patience();
        const auto longest =
            proto::PingProbes::size_of(schedule_.count > 0 ? schedule_.count : UINT64_MAX);
        if (!size_bytes_) return;
        if (*size_bytes_ < longest || *size_bytes_ > net::max_datagram_bytes)
            throw cli::UsageError("--size: bad value '" + std::to_string(*size_bytes_) +
                                  "' (a number from " + std::to_string(longest) + " to " +
                                  std::to_string(net::max_datagram_bytes) + ")");
        schedule_.size_bytes = *size_bytes_;
    }

    ExitCode judged(const PingSummary& summary) const {
        const bool lossy = max_loss_ && summary.loss_percent > 100 * max_loss_->part;
        const std::chrono::duration<double, std::milli> longest(summary.rtt_max_ms.value_or(0));
        const bool slow = max_rtt_ && longest > *max_rtt_;
        return summary.received == 0 || lossy || slow ? ExitCode::refused : ExitCode::ok;
    }

    cli::Client client_{12000};
    std::vector<std::string> operands_;
    PingSchedule schedule_;
    std::optional<std::chrono::milliseconds> interval_, deadline_, max_rtt_;
    std::optional<std::size_t> size_bytes_;
    std::optional<cli::Share> max_loss_;
};

constexpr cli::Example examples[] = {
    {"nettool ping", "ten probes to the server on this machine"},
    {"nettool ping -c 100 -i 10ms -q 127.0.0.1 12000", "a hundred a second, the summary only"},
    {"nettool ping -c 3 --json --max-loss 0% --max-rtt 500ms", "for scripts: good enough?"},
};

}  // namespace

extern constinit const cli::CommandSpec ping{
    .name = "ping",
    .group = "Classroom pairs",
    .summary = "measure round trips and losses to a UDP echo server",
    .details =
        R"(Sends probes of the form "Ping 7 1700000000.123456789481516": their number, and the time, whose last six
digits are a random cookie. A reply counts if it is the probe in any case, begins with "Pong", or
contains number and cookie; another text counts as unverified while a single probe is out. What is
damaged, late, a duplicate or from elsewhere is counted as what it is. Times are the kernel's where it
gives them. The status is 0 if at least one reply came, else 1.)",
    .examples = examples,
    .results =
        &cli::described<PingReply, PingTimeout, PingUnreachable, PingUnexpected, PingSummary>,
    .make = &cli::make<Ping>,
};

}  // namespace nettool::commands
