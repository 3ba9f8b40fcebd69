#pragma once
// The packets of one capture, told as ladders, as a page or as JSON.

#include "nettool/base/spool.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/proto/wire/capture_reader.hpp"
#include "nettool/proto/wire/conversations.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nettool::commands {

/// One packet with --json.
struct ExplainedPacket {
    static constexpr std::string_view event = "packet";
    std::uint64_t conversation = 0;
    std::uint64_t number = 0;  // in the file
    std::string time;          // RFC 3339
    double relative_s = 0;     // since the first packet of the file
    std::string from, to;
    std::string kind;
    std::string note;
    std::string message;
    std::uint32_t seq = 0, ack = 0, seq_raw = 0, ack_raw = 0;
    std::uint64_t size_bytes = 0;
    std::string text;  // escaped; the first bytes
    std::string filter;
};
BOOST_DESCRIBE_STRUCT(ExplainedPacket, (),
                      (conversation, number, time, relative_s, from, to, kind, note, message, seq,
                       ack, seq_raw, ack_raw, size_bytes, text, filter))
std::string print(const ExplainedPacket& packet);

/// One conversation, behind all packets.
struct ExplainedConversation {
    static constexpr std::string_view event = "conversation";
    std::string file;
    std::uint64_t conversation = 0;
    std::string transport, protocol;
    std::string client, server;
    std::uint64_t packets = 0, bytes_to_server = 0, bytes_to_client = 0;
    std::optional<double> round_trip_ms;
    std::uint64_t retransmissions = 0, out_of_order = 0, duplicate_acks = 0, missing_bytes = 0,
                  zero_windows = 0, resets = 0;
    std::string summary;
    std::string filter;
};
BOOST_DESCRIBE_STRUCT(ExplainedConversation, (),
                      (file, conversation, transport, protocol, client, server, packets,
                       bytes_to_server, bytes_to_client, round_trip_ms, retransmissions,
                       out_of_order, duplicate_acks, missing_bytes, zero_windows, resets, summary,
                       filter))
std::string print(const ExplainedConversation& conversation);

class Explanation {
public:
    enum class Form { ladder, page, json };
    struct Choice {
        Form form = Form::ladder;
        std::uint64_t only = 0;  // the number of a conversation; 0: all
        std::size_t max_conversations = proto::Conversations::Limits{}.conversations;
    };

    Explanation(cli::Context& context, std::string file, const Choice& choice);

    void add(const proto::CapturedPacket& packet);
    /// Writes what has been waiting for more of its kind.
    void flush();
    /// Writes the rest.
    void finish();

    /// Whether the only one that is wanted was there.
    bool found() const noexcept {
        return choice_.only == 0 || choice_.only <= conversations_.all().size();
    }
    std::size_t conversations() const noexcept { return conversations_.all().size(); }

private:
    using Told = proto::Conversations::Told;

    bool is_wanted(const proto::Dialogue& dialogue) const noexcept {
        return choice_.only == 0 || choice_.only == dialogue.number();
    }
    void tell(const proto::CapturedPacket& packet, const Told& told, double relative_s);
    void tell_rest(const proto::Dialogue& dialogue);
    std::string others() const;

    cli::Context& context_;
    std::string file_;
    Choice choice_;
    proto::Conversations conversations_;
    std::optional<std::chrono::nanoseconds> first_;
    Spool spool_;
    std::vector<std::optional<Spool::Text>> texts_;  // of each conversation
    std::vector<ExplainedPacket> waiting_;
    std::uint64_t foreign_ = 0, fragments_ = 0, beyond_limit_ = 0;
};

}  // namespace nettool::commands
