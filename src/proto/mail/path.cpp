#include "nettool/proto/mail/path.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/charset.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

constexpr std::size_t max_local_part = 64, max_domain = 255;

bool is_beyond_ascii(char c) { return (c & 0x80) != 0; }

// atext (RFC 5322 §3.2.3) and what RFC 6531 adds.
bool is_atom_byte(char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || is_beyond_ascii(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_domain_byte(char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || is_beyond_ascii(c) || c == '-' || c == '_';
}

// Words of such bytes with one dot between each two.
template <class Is>
bool is_dotted(std::string_view text, Is is) {
    if (text.empty() || text.starts_with('.') || text.ends_with('.')) return false;
    if (text.find("..") != text.npos) return false;
    return std::ranges::all_of(text, [&is](char c) { return c == '.' || is(c); });
}

// The length of a quoted string at the beginning of `text`; 0 if there is none.
std::size_t quoted_size(std::string_view text) {
    if (!text.starts_with('"')) return 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') return i + 1;
        if (text[i] == '\\') ++i;
    }
    return 0;
}

bool is_domain(std::string_view text) {
    if (text.size() > max_domain) return false;
    if (text.starts_with('['))
        return text.size() > 2 && text.ends_with(']') &&
               text.substr(1).find_first_of("[]<>@ ") == text.size() - 2;
    return is_dotted(text, is_domain_byte);
}

// `local@domain`
std::optional<MailPath> mailbox_of(std::string_view text) {
    if (has_control_bytes(text) || !is_utf8(text)) return std::nullopt;
    const auto quoted = quoted_size(text);
    const auto at = quoted > 0 ? quoted : std::min(text.find('@'), text.size());
    const auto local = text.substr(0, at);
    if (local.size() > max_local_part || (quoted == 0 && !is_dotted(local, is_atom_byte)))
        return std::nullopt;
    if (at == text.size()) return std::nullopt;
    const auto domain = text.substr(at + 1);
    if (text[at] != '@' || !is_domain(domain)) return std::nullopt;
    return MailPath{std::string(local), std::string(domain)};
}

// The end of the path that begins in front of `text`, or npos.
std::size_t closing_bracket(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (const auto quoted = quoted_size(text.substr(i)); quoted > 0)
            i += quoted - 1;
        else if (text[i] == '>')
            return i;
    }
    return text.npos;
}

// `@one,@two:` in front of a mailbox.
std::string_view without_route(std::string_view text) {
    const auto colon = text.find(':');
    return text.starts_with('@') && colon != text.npos ? text.substr(colon + 1) : text;
}

}  // namespace

bool MailPath::has_utf8() const noexcept { return !is_ascii(local_part) || !is_ascii(domain); }

std::string to_string(const MailPath& path) {
    return path.domain.empty() ? path.local_part : path.local_part + "@" + path.domain;
}

std::optional<MailPath> take_mail_path(std::string_view& text) {
    if (!text.starts_with('<')) return std::nullopt;
    const auto end = closing_bracket(text.substr(1));
    if (end == text.npos) return std::nullopt;
    const auto inside = without_route(text.substr(1, end));
    std::optional<MailPath> path;
    if (inside.empty() && end == 0)
        path = MailPath{};
    else if (equal_ignoring_case(inside, "postmaster"))
        path = MailPath{std::string(inside), {}};
    else
        path = mailbox_of(inside);
    if (path) text.remove_prefix(end + 2);
    return path;
}

std::optional<MailPath> parse_typed_address(std::string_view text) {
    text = trimmed(text);
    if (has_control_bytes(text)) return std::nullopt;
    const auto bracket = text.ends_with('>') ? text.rfind('<') : text.npos;
    if (bracket == text.npos) return mailbox_of(text);
    return mailbox_of(text.substr(bracket + 1, text.size() - bracket - 2));
}

}  // namespace nettool::proto
