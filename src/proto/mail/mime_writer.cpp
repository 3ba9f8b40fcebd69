#include "nettool/proto/mail/mime_writer.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/header_text.hpp"
#include "nettool/proto/mail/quoted_printable.hpp"
#include "nettool/proto/web/base64.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace nettool::proto {
namespace {

using Sink = std::function<void(std::string_view)>;

constexpr std::size_t longest_line = 998;
constexpr std::size_t bytes_in_a_line = 57;  // 76 characters of base64

// In lines, out of pieces of any size.
class Base64Lines {
public:
    explicit Base64Lines(const Sink& sink) : sink_(sink) {}

    void feed(std::string_view bytes) {
        held_ += bytes;
        std::string lines;
        std::size_t at = 0;
        for (; held_.size() - at >= bytes_in_a_line; at += bytes_in_a_line)
            lines += base64(std::string_view(held_).substr(at, bytes_in_a_line)) + "\r\n";
        held_.erase(0, at);
        if (!lines.empty()) sink_(lines);
    }

    void finish() {
        if (!held_.empty()) sink_(base64(held_) + "\r\n");
        held_.clear();
    }

private:
    const Sink& sink_;
    std::string held_;
};

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
    Writer(const MailDraft& draft, const MailTransport& transport, const Sink& sink)
        : draft_(draft), transport_(transport), sink_(sink) {}

    void run() {
        fields();
        const bool mixed = !draft_.attachments.empty();
        if (!mixed) return body("");
        const auto boundary = draft_.boundary + "-mixed";
        multipart("mixed", boundary);
        open(boundary);
        body("\r\n");
        for (const auto& attachment : draft_.attachments) {
            open(boundary);
            attach(attachment);
        }
        close(boundary);
    }

private:
    void fields() {
        const auto usual = [this](std::string_view name, const std::string& field) {
            const bool given = std::ranges::any_of(draft_.fields, [name](const auto& own) {
                return equal_ignoring_case(own.first, name);
            });
            if (!given && !field.empty()) sink_(field);
        };
        usual("date", "Date: " + mail_date(draft_.date, draft_.utc_offset) + "\r\n");
        usual("from", people("From", {draft_.from}));
        usual("to", people("To", draft_.to));
        usual("cc", people("Cc", draft_.cc));
        usual("subject", text_field("Subject", draft_.subject));
        usual("message-id", "Message-ID: " + draft_.message_id + "\r\n");
        for (const auto& [name, value] : draft_.fields) sink_(text_field(name, value));
        usual("mime-version", "MIME-Version: 1.0\r\n");
    }

    // One on a line, so that no line is long.
    static std::string people(std::string_view name, const std::vector<MailPerson>& people) {
        if (people.empty()) return {};
        std::string field = std::string(name) + ": ";
        for (std::size_t i = 0; i < people.size(); ++i) {
            if (i > 0) field += ",\r\n ";
            field += mailbox_text(people[i].name, people[i].address);
        }
        return field + "\r\n";
    }

    void multipart(std::string_view kind, const std::string& boundary) {
        sink_(
            fmt::format("Content-Type: multipart/{};\r\n boundary=\"{}\"\r\n\r\n", kind, boundary));
    }
    void open(const std::string& boundary) { sink_("--" + boundary + "\r\n"); }
    void close(const std::string& boundary) { sink_("--" + boundary + "--\r\n"); }

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
            sink_("\r\n");
            open(boundary);
            text("html", *draft_.html);
            sink_("\r\n");
            close(boundary);
        }
        if (!end.empty()) sink_(end);
    }

    void text(std::string_view subtype, const std::string& said) {
        sink_(fmt::format("Content-Type: text/{}; charset=utf-8\r\n", subtype));
        const auto lines = with_crlf(said);
        const bool plain = !has_long_line(lines) && !has_stray(lines);
        if (plain && (is_ascii(lines) || transport_.eight_bit)) {
            sink_(fmt::format("Content-Transfer-Encoding: {}\r\n\r\n",
                              is_ascii(lines) ? "7bit" : "8bit"));
            return sink_(lines);
        }
        const auto printable = quoted_printable(lines);
        if (printable.size() <= 2 * lines.size()) {
            sink_("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
            return sink_(printable);
        }
        sink_("Content-Transfer-Encoding: base64\r\n\r\n");
        Base64Lines encoder(sink_);
        encoder.feed(lines);
        encoder.finish();
    }

    void attach(const MailAttachment& attachment) {
        sink_("Content-Type: " + attachment.media_type + "\r\n");
        sink_("Content-Transfer-Encoding: base64\r\n");
        auto disposition =
            "Content-Disposition: attachment" + parameter("filename", attachment.name);
        for (auto at = disposition.find("; "); at != disposition.npos;
             at = disposition.find("; ", at))
            disposition.replace(at, 2, ";\r\n ");
        sink_(disposition + "\r\n\r\n");
        Base64Lines encoder(sink_);
        attachment.read([&encoder](std::string_view bytes) { encoder.feed(bytes); });
        encoder.finish();
    }

    const MailDraft& draft_;
    const MailTransport& transport_;
    const Sink& sink_;
};

}  // namespace

std::string mail_date(std::chrono::sys_seconds time, std::chrono::minutes utc_offset) {
    const auto local = time + utc_offset;
    const auto minutes = utc_offset.count() < 0 ? -utc_offset.count() : utc_offset.count();
    return fmt::format("{:%a, %d %b %Y %H:%M:%S} {}{:02}{:02}", local,
                       utc_offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

void write_message(const MailDraft& draft, const MailTransport& transport, const Sink& sink) {
    Writer(draft, transport, sink).run();
}

}  // namespace nettool::proto
