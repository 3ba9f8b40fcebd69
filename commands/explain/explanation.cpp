#include "explanation.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/wire/ladder.hpp"
#include "page.hpp"

#include <utility>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using proto::to_string;
using Told = proto::Conversations::Told;

std::string ladder_line(const proto::CapturedPacket& packet, const Told& told, double relative_s) {
    const auto ends = told.is_new ? proto::Ends::named : proto::Ends::bare;
    const auto remark = remark_of(told);
    return fmt::format("{:10.6f}  {}   #{}{}{}\n", relative_s,
                       rung(told.step.way, label_of(told), ends), packet.number,
                       remark.empty() ? "" : " ", remark);
}

ExplainedPacket explained(const proto::CapturedPacket& packet, const Told& told,
                          double relative_s) {
    constexpr std::size_t most_text = 1000;
    const auto& found = told.packet;
    ExplainedPacket one;
    one.conversation = told.dialogue->number();
    one.number = packet.number;
    one.time = rfc3339(WallTime(std::chrono::duration_cast<WallTime::duration>(packet.time)));
    one.relative_s = relative_s;
    one.from = to_string(found.source);
    one.to = to_string(found.target);
    one.kind = told.step.kind;
    one.note = told.step.note;
    one.message = told.message;
    one.seq = told.step.sequence;
    one.ack = told.step.acknowledged;
    one.seq_raw = found.sequence;
    one.ack_raw = found.acknowledged;
    one.size_bytes = found.payload_size;
    one.text = escaped(found.payload.substr(0, most_text));
    one.filter = fmt::format("frame.number == {}", packet.number);
    return one;
}

ExplainedConversation explained(const proto::Dialogue& dialogue) {
    const auto& talk = dialogue.conversation();
    const auto& counts = talk.counts();
    ExplainedConversation one;
    one.conversation = dialogue.number();
    one.transport = talk.is_tcp() ? "TCP" : "UDP";
    one.protocol = dialogue.recognition().name();
    one.client = to_string(talk.client());
    one.server = to_string(talk.server());
    one.packets = counts.packets;
    one.bytes_to_server = counts.bytes_to_server;
    one.bytes_to_client = counts.bytes_to_client;
    if (const auto rtt = talk.round_trip())
        one.round_trip_ms = static_cast<double>(rtt->count()) / 1e6;
    one.retransmissions = counts.retransmissions;
    one.out_of_order = counts.out_of_order;
    one.duplicate_acks = counts.duplicate_acks;
    one.missing_bytes = counts.missing_bytes;
    one.zero_windows = counts.zero_windows;
    one.resets = counts.resets;
    one.summary = dialogue.recognition().summary();
    one.filter = display_filter_of(dialogue);
    return one;
}

}  // namespace

// The ladder is drawn of whole conversations; these are for --json only.
std::string print(const ExplainedPacket& packet) {
    return fmt::format("#{} {} {}", packet.number, packet.kind, packet.note);
}
std::string print(const ExplainedConversation& conversation) {
    return fmt::format("{}. client {} server {}", conversation.conversation, conversation.client,
                       conversation.server);
}

Explanation::Explanation(cli::Context& context, std::string file, const Choice& choice)
    : context_(context),
      file_(std::move(file)),
      choice_(choice),
      conversations_({choice.max_conversations, proto::Conversations::Limits{}.remembered}) {}

void Explanation::add(const proto::CapturedPacket& packet) {
    using Other = proto::Conversations::Other;
    if (!first_) first_ = packet.time;
    Told told;
    switch (conversations_.add(packet.linktype, packet.bytes, packet.time, told)) {
        case Other::no_transport: ++foreign_; return;
        case Other::fragment: ++fragments_; return;
        case Other::too_many: ++beyond_limit_; return;
        case Other::none: break;
    }
    if (!is_wanted(*told.dialogue)) return;
    tell(packet, told, static_cast<double>((packet.time - *first_).count()) / 1e9);
}

void Explanation::tell(const proto::CapturedPacket& packet, const Told& told, double relative_s) {
    constexpr std::size_t at_once = 64;
    if (choice_.form == Form::json) {
        waiting_.push_back(explained(packet, told, relative_s));
        if (waiting_.size() >= at_once) flush();
        return;
    }
    texts_.resize(conversations_.all().size());
    auto& text = texts_[told.dialogue->number() - 1];
    if (!text) text = spool_.begin();
    spool_.write(*text, choice_.form == Form::page ? page_row(packet, told, relative_s)
                                                   : ladder_line(packet, told, relative_s));
}

void Explanation::flush() {
    context_.out.emit_all(waiting_);
    waiting_.clear();
}

void Explanation::tell_rest(const proto::Dialogue& dialogue) {
    if (choice_.form == Form::json) {
        auto one = explained(dialogue);
        one.file = file_;
        return context_.out.emit(one);
    }
    const bool page = choice_.form == Form::page;
    const auto& text = texts_[dialogue.number() - 1];
    context_.out.write(page ? page_section(dialogue) : title_of(dialogue) + "\n");
    if (text) spool_.drain(*text, [this](std::string_view part) { context_.out.write(part); });
    context_.out.write(page ? page_section_end(dialogue)
                            : fmt::format("            {}\n", summary_of(dialogue)));
}

void Explanation::finish() {
    flush();
    texts_.resize(conversations_.all().size());
    for (const auto& dialogue : conversations_.all())
        if (is_wanted(*dialogue)) tell_rest(*dialogue);
    if (choice_.form == Form::ladder && choice_.only == 0) context_.out.write(others());
    if (choice_.form == Form::page && choice_.only == 0) context_.out.write(page_note(others()));
    if (beyond_limit_ == 0) return;
    context_.log.error(
        fmt::format("{}: {} packets of further conversations than --max-conversations"
                    " allows are not explained",
                    file_, beyond_limit_));
}

std::string Explanation::others() const {
    std::string text;
    if (fragments_ > 0)
        text += fmt::format("{} fragments of larger packets came before their last\n", fragments_);
    if (foreign_ > 0) text += fmt::format("{} other packets, neither TCP nor UDP\n", foreign_);
    return text;
}

}  // namespace nettool::commands
