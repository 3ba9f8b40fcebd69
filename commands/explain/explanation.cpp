#include "explanation.hpp"

#include "nettool/proto/wire/ladder.hpp"
#include "page.hpp"

#include <utility>

#include <fmt/format.h>

namespace nettool::commands {

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
        waiting_.push_back(seeing::report_of(packet, told, relative_s));
        if (waiting_.size() >= at_once) flush();
        return;
    }
    texts_.resize(conversations_.all().size());
    auto& text = texts_[told.dialogue->number() - 1];
    if (!text) text = spool_.begin();
    spool_.write(*text, choice_.form == Form::page
                            ? page_row(packet, told, relative_s)
                            : seeing::line_of(packet, told, relative_s) + "\n");
}

void Explanation::flush() {
    context_.out.emit_all(waiting_);
    waiting_.clear();
}

void Explanation::tell_rest(const proto::Dialogue& dialogue) {
    if (choice_.form == Form::json) return context_.out.emit(seeing::report_of(dialogue, file_));
    const bool page = choice_.form == Form::page;
    const auto& text = texts_[dialogue.number() - 1];
    context_.out.write(page ? page_section(dialogue) : title_of(dialogue) + "\n");
    if (text) spool_.drain(*text, [this](std::string_view part) { context_.out.write(part); });
    context_.out.write(page ? page_section_end()
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
