// A message that is sent as it is, if it may be.

#include "letter.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/mail/mail_message.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

constexpr std::size_t chunk = 64UL * 1024;
constexpr std::size_t longest_line = 998;  // RFC 5322 §2.1.1

// What must not go over the wire as it is; line ends of this machine become CR LF.
struct RawDefects {
    bool crlf = false, bare_lf = false, bare_cr = false, nul = false, eight_bit = false;
    std::size_t longest = 0;
    std::uint64_t missing_cr = 0;

    void feed(std::string_view bytes) {
        for (const char c : bytes) {
            if (c == '\n') {
                (after_cr_ ? crlf : bare_lf) = true;
                missing_cr += after_cr_ ? 0 : 1;
                longest = std::max(longest, line_);
                line_ = 0;
            } else {
                if (after_cr_) bare_cr = true;
                if (c != '\r') ++line_;
            }
            nul = nul || c == '\0';
            eight_bit = eight_bit || (c & 0x80) != 0;
            after_cr_ = c == '\r';
        }
    }
    void finish() {
        bare_cr = bare_cr || after_cr_;
        longest = std::max(longest, line_);
    }

private:
    bool after_cr_ = false;
    std::size_t line_ = 0;
};

// Up to the first empty line.
std::string_view header_of(std::string_view text) {
    for (const std::string_view end : {"\r\n\r\n", "\n\n"})
        if (const auto at = text.find(end); at != text.npos) text = text.substr(0, at + end.size());
    return text;
}

}  // namespace

// Rule C11.
void Letter::check_raw(cli::Context& context) {
    RawDefects defects;
    std::string head;
    for (std::uint64_t at = 0; at < raw_->size();) {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(chunk, raw_->size() - at));
        const auto bytes = raw_->read(at, count);
        if (at == 0) head = bytes;
        defects.feed(bytes);
        at += count;
    }
    defects.finish();
    std::string trouble;
    if (defects.bare_cr) trouble = "it has a CR without LF";
    if (defects.bare_lf && defects.crlf) trouble = "some of its lines end with CR LF, some with LF";
    if (defects.nul) trouble = "it has a NUL";
    if (defects.longest > longest_line)
        trouble = fmt::format("it has a line of {} octets, and {} are allowed", defects.longest,
                              longest_line);
    if (!trouble.empty())
        throw cli::UsageError("--raw: " + quoted(raw_->path(), 200) + " is no message: " + trouble);
    raw_is_eight_bit_ = defects.eight_bit;
    raw_size_ = raw_->size() + defects.missing_cr;
    look_at_head(context, head);
}

// The first chunk has the fields that matter, unless somebody wants to hide them from himself.
void Letter::look_at_head(cli::Context& context, std::string_view head) {
    const auto message = proto::read_message(header_of(head));
    own_id_ = trimmed(message.root.find("Message-ID").value_or(""));
    if (message.root.find("Bcc"))
        context.log.notice("--raw: everybody who gets the message can read its Bcc field");
}

smtp::OutgoingMail Letter::raw_mail() const {
    smtp::OutgoingMail mail;
    mail.order.size = raw_size_;
    mail.order.eight_bit = raw_is_eight_bit_;
    mail.content = [raw = raw_, at = std::uint64_t{0}, piece = std::string()]() mutable {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(chunk, raw->size() - at));
        piece = count > 0 ? raw->read(at, count) : std::string();
        at += count;
        return std::string_view(piece);
    };
    return mail;
}

}  // namespace nettool::commands
