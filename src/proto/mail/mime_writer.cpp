#include "nettool/proto/mail/mime_writer.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/header_text.hpp"
#include "nettool/proto/mail/people.hpp"
#include "nettool/proto/mail/quoted_printable.hpp"
#include "nettool/proto/web/base64.hpp"

#include <algorithm>
#include <array>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::size_t longest_line = 998;

std::string with_crlf(std::string_view text) {
    std::string lines;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) lines += '\r';
        lines += text[i];
    }
    if (!lines.empty() && !lines.ends_with('\n')) lines += "\r\n";
    return lines;
}

bool has_long_line(std::string_view text) {
    while (!text.empty()) {
        const auto size = std::min(text.find("\r\n"), text.size());
        if (size > longest_line) return true;
        text.remove_prefix(std::min(size + 2, text.size()));
    }
    return false;
}

// A CR or LF that stands alone, or NUL.
bool has_stray(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\0') return true;
        if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) return true;
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) return true;
    }
    return false;
}

class Writer {
public:
    Writer(const MailDraft& draft, const MailTransport& transport)
        : draft_(draft), transport_(transport) {}

    std::vector<MailPiece> run() {
        fields();
        if (draft_.attachments.empty()) {
            body("");
        } else {
            const auto boundary = draft_.boundary + "-mixed";
            multipart("mixed", boundary);
            open(boundary);
            body("\r\n");
            for (std::size_t i = 0; i < draft_.attachments.size(); ++i) {
                open(boundary);
                attach(i);
            }
            close(boundary);
        }
        return std::move(pieces_);
    }

private:
    void add(std::string_view text) { pieces_.back().text += text; }

    void fields() {
        const auto usual = [this](std::string_view name, const std::string& field) {
            const bool given = std::ranges::any_of(draft_.fields, [name](const auto& own) {
                return equal_ignoring_case(own.first, name);
            });
            if (!given && !field.empty()) add(field);
        };
        usual("date", "Date: " + mail_date(draft_.date, draft_.utc_offset) + "\r\n");
        usual("from", people("From", {draft_.from}));
        usual("to", people("To", draft_.to));
        usual("cc", people("Cc", draft_.cc));
        usual("subject", draft_.subject.empty() ? "" : text_field("Subject", draft_.subject));
        usual("message-id", "Message-ID: " + draft_.message_id + "\r\n");
        for (const auto& [name, value] : draft_.fields) own(name, value);
        usual("mime-version", "MIME-Version: 1.0\r\n");
    }

    // An encoded word has no place in an address (RFC 2047 §5).
    void own(const std::string& name, const std::string& value) {
        constexpr std::array of_people = {"from", "sender", "reply-to", "to", "cc"};
        const bool has_people = std::ranges::any_of(
            of_people, [&name](std::string_view one) { return equal_ignoring_case(name, one); });
        const auto listed = has_people ? parse_people(value) : std::nullopt;
        add(listed ? people(name, *listed) : text_field(name, value));
    }

    // One on a line, so that no line is long.
    static std::string people(std::string_view name, const std::vector<MailPerson>& people) {
        if (people.empty()) return {};
        std::string field = std::string(name) + ": ";
        for (std::size_t i = 0; i < people.size(); ++i) {
            if (i > 0) field += ",\r\n ";
            field += mailbox_text(people[i].name, to_string(people[i].path));
        }
        return field + "\r\n";
    }

    void multipart(std::string_view kind, const std::string& boundary) {
        add(fmt::format("Content-Type: multipart/{};\r\n boundary=\"{}\"\r\n\r\n", kind, boundary));
    }
    void open(const std::string& boundary) { add("--" + boundary + "\r\n"); }
    void close(const std::string& boundary) { add("--" + boundary + "--\r\n"); }

    // `end`: behind it, where another part follows.
    void body(std::string_view end) {
        if (!draft_.html) {
            text("plain", draft_.text.value_or(""));
        } else if (!draft_.text) {
            text("html", *draft_.html);
        } else {
            const auto boundary = draft_.boundary + "-alternative";
            multipart("alternative", boundary);
            open(boundary);
            text("plain", *draft_.text);
            add("\r\n");
            open(boundary);
            text("html", *draft_.html);
            add("\r\n");
            close(boundary);
        }
        if (!end.empty()) add(end);
    }

    void text(std::string_view subtype, const std::string& said) {
        add(fmt::format("Content-Type: text/{}; charset=utf-8\r\n", subtype));
        const auto lines = with_crlf(said);
        const bool plain = !has_long_line(lines) && !has_stray(lines);
        if (plain && (is_ascii(lines) || transport_.eight_bit)) {
            add(fmt::format("Content-Transfer-Encoding: {}\r\n\r\n",
                            is_ascii(lines) ? "7bit" : "8bit"));
            return add(lines);
        }
        const auto printable = quoted_printable(lines);
        if (printable.size() <= 2 * lines.size()) {
            add("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
            return add(printable);
        }
        add("Content-Transfer-Encoding: base64\r\n\r\n");
        add(base64_lines(lines));
    }

    void attach(std::size_t index) {
        const auto& attachment = draft_.attachments[index];
        add("Content-Type: " + attachment.media_type + "\r\n");
        add("Content-Transfer-Encoding: base64\r\n");
        auto disposition =
            "Content-Disposition: attachment" + parameter("filename", attachment.name);
        for (auto at = disposition.find("; "); at != disposition.npos;
             at = disposition.find("; ", at))
            disposition.replace(at, 2, ";\r\n ");
        add(disposition + "\r\n\r\n");
        pieces_.push_back({{}, index});
        pieces_.emplace_back();
    }

    const MailDraft& draft_;
    const MailTransport& transport_;
    std::vector<MailPiece> pieces_{1};
};

}  // namespace

std::string mail_date(std::chrono::sys_seconds time, std::chrono::minutes utc_offset) {
    const auto local = time + utc_offset;
    const auto minutes = utc_offset.count() < 0 ? -utc_offset.count() : utc_offset.count();
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} {}{:02}{:02}", local,
                       utc_offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::vector<MailPiece> write_message(const MailDraft& draft, const MailTransport& transport) {
    return Writer(draft, transport).run();
}

std::string base64_lines(std::string_view bytes) {
    std::string lines;
    lines.reserve(base64_lines_size(bytes.size()));
    while (!bytes.empty()) {
        lines += base64(bytes.substr(0, bytes_in_a_line));
        lines += "\r\n";
        bytes.remove_prefix(std::min(bytes_in_a_line, bytes.size()));
    }
    return lines;
}

std::uint64_t base64_lines_size(std::uint64_t bytes) noexcept {
    return (bytes + 2) / 3 * 4 + (bytes + bytes_in_a_line - 1) / bytes_in_a_line * 2;
}

}  // namespace nettool::proto
