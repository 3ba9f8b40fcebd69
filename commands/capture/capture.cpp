// capture: shows and records what passes on an interface, frame by frame.

#include "frames.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/cli/record.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/seeing/live_capture.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;
using seeing::LiveCapture;

class Capture final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.value("interface,i", options_.interface, "NAME", "capture what passes there")
            .list("port", ports_, "PORT", "only what comes from or goes to this port")
            .value("filter", options_.filter, "FILTER",
                   "only this, in the language of tcpdump; --port narrows it further")
            .value("write,w", file_, "FILE", "record the frames as pcapng; -: standard output")
            .value("count,c", count_, "N", "end after so many frames; 0: never")
            .value("snaplen", snaplen_, "SIZE", "take no more than this of each frame")
            .value("buffer", buffer_, "SIZE", "let the kernel keep this much for us")
            .value("max-conversations", max_conversations_, "N",
                   "tell no further ones apart; each takes about a KiB of memory")
            .value("ready-file", ready_file_, "FILE",
                   "write the interface to this file once capturing");
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        options_.filter = whole_filter();
        if (snaplen_.bytes < 64 || snaplen_.bytes > (1U << 20))
            throw cli::UsageError("--snaplen is to be from 64 to 1M");
        if (buffer_.bytes < (64U << 10) || buffer_.bytes > (1U << 30))
            throw cli::UsageError("--buffer is to be from 64K to 1G");
        options_.most_captured = static_cast<std::uint32_t>(snaplen_.bytes);
        options_.buffer_bytes = buffer_.bytes;
        const auto capture = open(context);
        auto& live = *capture;
        // The record and the results cannot both go to standard output.
        const bool to_output = file_ == "-";
        cli::Output out(to_output ? context.log.sink() : context.out.sink(), context.out.format(),
                        context.out.member());
        Frames::Write write;
        if (!file_.empty()) write = cli::record_to(file_, context.out.sink());
        Frames frames(out, std::move(write), options_, live.linktype(), max_conversations_);
        out.emit(Capturing{options_.interface, options_.filter});
        if (!ready_file_.empty()) write_whole_file(ready_file_, options_.interface + "\n");
        co_await watch(context, live, frames);
        frames.finish(live.counts());
        co_return ExitCode::ok;
    }

private:
    std::string whole_filter() const {
        std::string ports;
        for (const auto& text : ports_) {
            std::uint16_t port = 0;
            if (!cli::parse_value(text, port) || port == 0)
                throw cli::UsageError("not a port: " + quoted(text));
            ports += (ports.empty() ? "port " : " or port ") + text;
        }
        if (ports.empty() || options_.filter.empty()) return options_.filter + ports;
        return "(" + options_.filter + ") and (" + ports + ")";
    }

    std::unique_ptr<LiveCapture> open(const cli::Context& context) const try {
        return std::make_unique<LiveCapture>(context.executor, options_);
    } catch (const seeing::NotPermitted& failure) {
        throw Failure(
            Fault::local,
            fmt::format("{}; record a command itself with its --pcap FILE, which needs no "
                        "privileges, or once: sudo setcap cap_net_raw+ep {}",
                        failure.what(), escaped(context.program)));
    }

    // Until somebody asks for the end, or enough has been seen.
    awaitable<void> watch(cli::Context& context, LiveCapture& live, Frames& frames) const {
        for (;;) {
            const bool more = take(live, frames);
            if (is_enough(frames)) co_return;
            const bool stopped = co_await net::stop_requested();
            if (stopped) break;
            if (more) {
                co_await asio::post(context.executor, asio::use_awaitable);
                continue;
            }
            const auto ec = co_await live.wait();
            if (ec) break;
        }
        // What the kernel still keeps for a full block; a flood does not wait for its end.
        constexpr std::chrono::milliseconds longest{500};
        co_await net::note_requests_to_stop();
        co_await net::pause(2 * LiveCapture::latency);
        const auto end = std::chrono::steady_clock::now() + longest;
        while (take(live, frames) && !is_enough(frames) && std::chrono::steady_clock::now() < end)
            continue;
    }

    bool is_enough(const Frames& frames) const { return count_ != 0 && frames.packets() >= count_; }

    // Whether there may be more.
    bool take(LiveCapture& live, Frames& frames) const {
        const auto left = count_ == 0 ? at_once : count_ - frames.packets();
        const auto add = [&frames](const LiveCapture::Packet& packet) { frames.add(packet); };
        const auto taken = live.take(std::min<std::uint64_t>(left, at_once), add);
        frames.flush();
        return taken > 0;
    }

    static constexpr std::uint64_t at_once = 256;

    LiveCapture::Options options_;
    std::vector<std::string> ports_;
    std::string file_;
    std::uint64_t count_ = 0;
    cli::Size snaplen_{LiveCapture::Options{}.most_captured};
    cli::Size buffer_{LiveCapture::Options{}.buffer_bytes};
    std::size_t max_conversations_ = proto::Conversations::Limits{}.conversations;
    std::string ready_file_;
};

constexpr cli::Example examples[] = {
    {"nettool capture --port 5001 -w lab.pcapng", "show and record a chat"},
    {"nettool capture -i lo --filter tcp --json", "an object for every frame of TCP"},
};

}  // namespace

extern constinit const cli::CommandSpec capture{
    .name = "capture",
    .group = "Seeing the wire",
    .summary = "show and record what passes on an interface",
    .details =
        R"(A line for each frame: its conversation, the time, what it is in the handshake, the text it carries and
what that says, and in the end what every conversation was. Frames are real, and so is what loopback
does to them: unfinished checksums and segments of any length are counted and said to be such. SIGINT
ends it regularly. With -w - the record goes to standard output, where Wireshark takes it while it comes:
nettool capture -w - | wireshark -k -i -

Capturing needs a privilege that --pcap of the other commands does not need. Give it to nettool once,
with setcap cap_net_raw+ep on its file, or run it as root.)",
    .examples = examples,
    .results = &cli::described<Capturing, seeing::PacketReport, seeing::ConversationReport,
                               CaptureSummary>,
    .make = &cli::make<Capture>,
};

}  // namespace nettool::commands
