#include "nettool/proto/mail/people.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/mail/path.hpp"
#include "nettool/proto/web/url_host.hpp"

namespace nettool::proto {
namespace {

// Up to the next comma that stands neither in quotes nor in brackets.
std::string_view take_one(std::string_view& list) {
    bool quoted = false, bracketed = false;
    std::size_t end = 0;
    for (; end < list.size(); ++end) {
        const char c = list[end];
        if (c == '\\' && quoted) {
            ++end;
            continue;
        }
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == '<' || c == '>')) bracketed = c == '<';
        if (c == ',' && !quoted && !bracketed) break;
    }
    end = std::min(end, list.size());
    const auto one = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    return trimmed(one);
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return std::string(text);
    std::string plain;
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        plain += text[i];
    }
    return plain;
}

std::optional<MailPerson> parse_person(std::string_view text) {
    auto path = parse_typed_address(text);
    if (path && is_ascii(path->local_part) && !is_ascii(path->domain)) {
        path->domain = domain_to_ascii(path->domain).value_or(std::string());
        // Wide letters may stand for such as no domain has.
        path = parse_typed_address(to_string(*path));
    }
    if (!path || path->is_null()) return std::nullopt;
    MailPerson person;
    person.path = std::move(*path);
    if (text.ends_with('>')) person.name = unquoted(trimmed(text.substr(0, text.rfind('<'))));
    return person;
}

}  // namespace

std::optional<std::vector<MailPerson>> parse_people(std::string_view text) {
    std::vector<MailPerson> people;
    while (!text.empty()) {
        auto person = parse_person(take_one(text));
        if (!person) return std::nullopt;
        people.push_back(std::move(*person));
    }
    if (people.empty()) return std::nullopt;
    return people;
}

}  // namespace nettool::proto
