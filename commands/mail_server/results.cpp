#include "results.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

std::string bracketed(std::string_view address) { return "<" + escaped(address) + ">"; }

std::string bracketed(const std::vector<std::string>& addresses) {
    std::string text;
    for (const auto& address : addresses) append_joined(text, ", ", bracketed(address));
    return text;
}

// `2026-11-29 10:24:05  ` of RFC 3339.
std::string second_of(std::string time) {
    constexpr std::size_t day = 10, second = 19;
    if (time.size() < second) return {};
    time.replace(day, 1, " ");
    return time.substr(0, second) + "  ";
}

std::string defects_of(const Mail& mail) {
    std::string text;
    for (const auto& defect : mail.defects) text += "  ! " + escaped(defect) + "\n";
    return text;
}

std::string with_plain_ends(std::string text) {
    std::erase(text, '\r');
    return text;
}

std::string described(const MailPartInfo& part) {
    const auto name = part.name.empty() ? std::string() : " " + quoted(part.name);
    return fmt::format("  part {}: {}{}, {} bytes{}\n", part.part, escaped(part.type), name,
                       part.size_bytes, part.attachment ? ", attached" : "");
}

// For a message that has nothing else to read.
std::string place_of_html(const ShownMail& mail) {
    const auto is_meant = [](const MailPartInfo& part) {
        return part.type == "text/html" && !part.attachment;
    };
    const auto part = std::ranges::find_if(mail.parts, is_meant);
    if (mail.html.empty() || part == mail.parts.end()) return {};
    return fmt::format("\nno plain text; --show {} --part {} prints the HTML", mail.number,
                       part->part);
}

}  // namespace

std::string print(const MailDialog& line) {
    const proto::DialogLine plain{line.number, line.time,    line.speaker,
                                  line.text,   line.meaning, line.source};
    const auto whose = line.connection > 0 ? fmt::format("#{}", line.connection) : std::string();
    return dialog_text(plain, whose);
}

std::string print(const Mail& mail) {
    const auto number = mail.number > 0 ? fmt::format("{:>4}  ", mail.number) : std::string();
    auto text = fmt::format("{}{}{} -> {}  {} bytes  {}", number, second_of(mail.received),
                            bracketed(mail.from), bracketed(mail.to), mail.size_bytes,
                            quoted(mail.subject, 60));
    if (!mail.attachments.empty()) text += fmt::format("  {} attached", mail.attachments.size());
    if (mail.seen) text += "  taken";
    auto defects = defects_of(mail);
    if (defects.empty()) return text;
    defects.pop_back();
    return text + "\n" + defects;
}

// In this version of the library a described struct has no base.
void tag_invoke(boost::json::value_from_tag, boost::json::value& value, const ShownMail& mail) {
    value = boost::json::value_from(static_cast<const Mail&>(mail));
    auto& members = value.as_object();
    members["headers"] = boost::json::value_from(mail.headers);
    members["text"] = mail.text;
    members["html"] = mail.html;
    members["parts"] = boost::json::value_from(mail.parts);
    members["dialog"] = boost::json::value_from(mail.dialog);
}

std::string print(const ShownMail& mail) {
    auto text =
        fmt::format("{}\n  received {} from {} over {}\n", print(static_cast<const Mail&>(mail)),
                    mail.received, escaped(mail.client_address), mail.protocol);
    for (const auto& header : mail.headers)
        text += escaped(header.name) + ": " + escaped(header.value) + "\n";
    for (const auto& part : mail.parts) text += described(part);
    if (mail.text.empty()) return text + place_of_html(mail);
    Escaper escaper;
    text += "\n" + escaper.feed(with_plain_ends(mail.text)) + escaper.flush();
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

}  // namespace nettool::commands
