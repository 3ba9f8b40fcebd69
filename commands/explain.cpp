// explain: tells what the packets of a capture file mean, as a ladder for each conversation.

#include "nettool/base/clock.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/wire/capture_reader.hpp"
#include "nettool/proto/wire/conversation.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <cstdio>
#include <map>
#include <memory>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;
using proto::Dissected;
using proto::Way;

/// One packet with --json.
struct Explained {
    static constexpr std::string_view event = "packet";
    std::uint64_t conversation = 0;
    std::uint64_t number = 0;  // in the file
    std::string time;          // RFC 3339
    double relative_s = 0;     // since the first packet of the file
    std::string from, to;
    std::string kind;
    std::string note;
    std::uint32_t seq = 0, ack = 0, seq_raw = 0, ack_raw = 0;
    std::uint64_t size_bytes = 0;
    std::string text;  // escaped; the first bytes
    std::string filter;

    std::string line;
};
BOOST_DESCRIBE_STRUCT(Explained, (),
                      (conversation, number, time, relative_s, from, to, kind, note, seq, ack,
                       seq_raw, ack_raw, size_bytes, text, filter))

std::string print(const Explained& explained) { return explained.line; }

constexpr std::size_t most_text = 60;
constexpr std::size_t most_conversations = 10'000;

bool is_text(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\r' || c == '\t';
    });
}

std::string shown(std::string_view bytes) {
    constexpr std::size_t most_hex = 16;
    if (is_text(bytes.substr(0, most_text))) return quoted(bytes, most_text);
    std::string hex;
    for (const char c : bytes.substr(0, most_hex))
        hex += fmt::format("{}{:02x}", hex.empty() ? "" : " ", static_cast<unsigned char>(c));
    return hex + (bytes.size() > most_hex ? " …" : "");
}

// `|------ DATA 7 B "12|30|." ----->|`
std::string rung(Way way, const std::string& label) {
    constexpr std::size_t width = 34;
    const std::string left = way == Way::to_server ? "|--" : "|<-";
    const std::string right = way == Way::to_server ? "->|" : "--|";
    const auto used = label.size() + 2;
    return left + "---- " + label + " " + std::string(used < width ? width - used : 1, '-') + right;
}

// The ladder of one conversation, until it is shown.
struct Ladder {
    explicit Ladder(const Dissected& first) : conversation(first) {}

    proto::Conversation conversation;
    std::uint64_t number = 0;
    std::uint64_t packets = 0;
    Spool lines;
};

class Explanation {
public:
    Explanation(cli::Context& context, std::uint64_t only) : context_(context), only_(only) {}

    void add(const proto::CapturedPacket& packet) {
        if (!first_) first_ = packet.time;
        const auto found = proto::dissect(packet.linktype, packet.bytes);
        if (!found) {
            ++others_;
            return;
        }
        auto& ladder = ladder_of(*found);
        const auto step = ladder.conversation.add(*found, packet.time);
        ++ladder.packets;
        if (only_ == 0 || only_ == ladder.number) tell(ladder, packet, *found, step);
    }

    void finish() {
        if (context_.out.format() == cli::Output::Format::json) return;
        for (auto& ladder : ladders_) {
            if (only_ != 0 && only_ != ladder->number) continue;
            context_.out.write(title(*ladder));
            ladder->lines.drain([&](std::string_view text) { context_.out.write(text); });
        }
        if (others_ > 0) context_.out.write(fmt::format("{} other packets\n", others_));
    }

private:
    using Key = std::pair<std::string, std::string>;

    // A SYN without ACK begins anew what has the same endpoints.
    Ladder& ladder_of(const Dissected& packet) {
        const auto source = to_string(packet.source), target = to_string(packet.target);
        const std::string transport = packet.is_tcp ? "t" : "u";
        const Key key(transport + std::min(source, target), std::max(source, target));
        auto& place = by_ends_[key];
        const bool begins =
            packet.is_tcp && (packet.flags & proto::syn) && !(packet.flags & proto::ack);
        const bool anew = place && begins && place->packets > 1 && place->conversation.is_tcp();
        if (place && !anew) return *place;
        if (ladders_.size() >= most_conversations)
            throw Failure(Fault::local,
                          "more than " + std::to_string(most_conversations) + " conversations");
        ladders_.push_back(std::make_unique<Ladder>(packet));
        place = ladders_.back().get();
        place->number = ladders_.size();
        return *place;
    }

    static std::string title(const Ladder& ladder) {
        const auto& talk = ladder.conversation;
        auto text = fmt::format("{}. {} client {} server {}, {} packets", ladder.number,
                                talk.is_tcp() ? "TCP" : "UDP", to_string(talk.client()),
                                to_string(talk.server()), ladder.packets);
        if (const auto rtt = talk.round_trip())
            text += fmt::format(", round trip {:.3f} ms", static_cast<double>(rtt->count()) / 1e6);
        return text + "\n";
    }

    void tell(Ladder& ladder, const proto::CapturedPacket& packet, const Dissected& found,
              const proto::Step& step) {
        Explained explained;
        explained.relative_s = static_cast<double>((packet.time - *first_).count()) / 1e9;
        auto label = step.kind;
        if (step.kind == "SYN" || step.kind == "SYN-ACK")
            label += fmt::format(" seq={}", step.sequence);
        if (step.kind == "SYN-ACK") label += fmt::format(" ack={}", step.acknowledged);
        if (found.payload_size > 0)
            label += fmt::format(" {} B {}", found.payload_size, shown(found.payload));
        const auto names =
            ladder.packets == 1 ? std::pair("client ", " server") : std::pair("       ", "       ");
        explained.line = fmt::format("{:10.6f}  {}{}{}   #{}{}{}", explained.relative_s,
                                     names.first, rung(step.way, label), names.second,
                                     packet.number, step.note.empty() ? "" : " ", step.note);
        if (context_.out.format() == cli::Output::Format::human)
            return ladder.lines.write(explained.line + "\n");
        fill(explained, ladder, packet, found, step);
        context_.out.emit(explained);
    }

    static void fill(Explained& explained, const Ladder& ladder,
                     const proto::CapturedPacket& packet, const Dissected& found,
                     const proto::Step& step) {
        explained.conversation = ladder.number;
        explained.number = packet.number;
        explained.time =
            rfc3339(WallTime(std::chrono::duration_cast<WallTime::duration>(packet.time)));
        explained.from = to_string(found.source);
        explained.to = to_string(found.target);
        explained.kind = step.kind;
        explained.note = step.note;
        explained.seq = step.sequence;
        explained.ack = step.acknowledged;
        explained.seq_raw = found.sequence;
        explained.ack_raw = found.acknowledged;
        explained.size_bytes = found.payload_size;
        explained.text = escaped(found.payload.substr(0, 1000));
        explained.filter = fmt::format("frame.number == {}", packet.number);
    }

    cli::Context& context_;
    std::uint64_t only_;
    std::optional<std::chrono::nanoseconds> first_;
    std::vector<std::unique_ptr<Ladder>> ladders_;
    std::map<Key, Ladder*> by_ends_;
    std::uint64_t others_ = 0;
};

class Explain final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("FILE", files_, "pcapng or pcap", 1)
            .value("conversation", only_, "N", "show the Nth conversation only");
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        for (const auto& file : files_) co_await explain(context, file);
        co_return worst_;
    }

private:
    awaitable<void> explain(cli::Context& context, const std::string& path) {
        using File =
            std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })>;
        const File file(std::fopen(path.c_str(), "rbe"));
        if (!file) throw Failure(Fault::local, "read " + path, last_error());
        auto source = [&file](char* buffer, std::size_t size) {
            return std::fread(buffer, 1, size, file.get());
        };
        proto::CaptureReader reader(std::move(source));
        Explanation explanation(context, only_);
        constexpr std::uint64_t between_looks = 1000;
        while (const auto packet = reader.next()) {
            explanation.add(*packet);
            if (packet->number % between_looks != 0) continue;
            co_await asio::post(context.executor, asio::use_awaitable);
            const bool stopped = co_await net::stop_requested();
            if (stopped) throw boost::system::system_error(asio::error::operation_aborted);
        }
        explanation.finish();
        if (std::ferror(file.get())) throw Failure(Fault::local, "read " + path, last_error());
        if (reader.trouble().empty()) co_return;
        context.log.error(path + ": " + reader.trouble());
        worst_ = ExitCode::local;
    }

    std::vector<std::string> files_;
    std::uint64_t only_ = 0;
    ExitCode worst_ = ExitCode::ok;
};

constexpr cli::Example examples[] = {
    {"nettool sum-client --pcap sum.pcapng 12 30; nettool explain sum.pcapng",
     "record a conversation, and have it explained"},
    {"nettool ping -c 1 -q --pcap ping.pcapng; nettool explain --json ping.pcapng",
     "an object for every packet"},
};

}  // namespace

extern constinit const cli::CommandSpec explain{
    .name = "explain",
    .group = "Seeing the wire",
    .summary = "tell what the packets of a capture file mean",
    .details =
        R"(Draws each conversation of a pcapng or pcap file as a ladder: who is client and server, the handshake, the
text of every packet, and its end. A retransmission is one whose bytes were sent before. With --json
each packet is one object. A file that is cut off is explained up to there; the status is then 4.)",
    .examples = examples,
    .results = &cli::described<Explained>,
    .make = &cli::make<Explain>,
};

}  // namespace nettool::commands
