#include "nettool/proto/web/robots.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/percent.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

// Bytes beyond ASCII as they stand in a URL, and what needs no escape without one (§2.2.2).
std::string normalized(std::string_view path) {
    std::string text;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const int escaped = percent_escape_at(path.substr(i));
        const char c = escaped >= 0 ? static_cast<char>(escaped) : path[i];
        if (escaped >= 0) i += 2;
        const bool may_stay = is_unreserved(c) || (escaped < 0 && (c & 0x80) == 0);
        if (may_stay)
            text += c;
        else
            append_percent_escape(text, c);
    }
    return text;
}

// `pattern` from its beginning on; linear but for a pattern of many stars, which is bounded by the
// length of the file.
bool matches(std::string_view pattern, std::string_view target) {
    const bool whole = pattern.ends_with('$');
    if (whole) pattern.remove_suffix(1);
    std::size_t at = 0, star = pattern.npos, mark = 0;
    std::size_t i = 0;
    while (i < pattern.size() || (whole && at < target.size())) {
        if (i < pattern.size() && pattern[i] == '*') {
            star = i++;
            mark = at;
        } else if (i < pattern.size() && at < target.size() && pattern[i] == target[at]) {
            ++i;
            ++at;
        } else if (star != pattern.npos && mark < target.size()) {
            i = star + 1;
            at = ++mark;
        } else {
            return false;
        }
    }
    return true;
}

struct Line {
    std::string key;
    std::string_view value;
};

Line line_of(std::string_view text) {
    text = trimmed(text.substr(0, text.find('#')));
    const auto colon = text.find(':');
    if (colon == text.npos) return {};
    return {ascii_lowered(trimmed(text.substr(0, colon))), trimmed(text.substr(colon + 1))};
}

}  // namespace

Robots::Robots(std::string_view text, std::string_view product) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    std::vector<Rule> for_all;
    bool named = false, everyones = false, in_agents = false, seen = false;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        const auto [key, value] = line_of(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (key == "user-agent") {
            if (!in_agents) named = everyones = false;
            in_agents = true;
            // A product token ends where no letter, `-` or `_` follows.
            const auto token = value.substr(0, value.find_first_of("/ \t"));
            named = named || equal_ignoring_case(token, product);
            everyones = everyones || token == "*";
            seen = seen || named;
        } else if (key == "allow" || key == "disallow") {
            in_agents = false;
            if (value.empty()) continue;
            Rule rule{normalized(value), key == "allow"};
            if (named) rules_.push_back(rule);
            if (everyones) for_all.push_back(std::move(rule));
        }
    }
    if (!seen) rules_ = std::move(for_all);
}

bool Robots::allows(std::string_view target) const {
    const auto path = normalized(target);
    if (path == "/robots.txt") return true;
    const Rule* best = nullptr;
    for (const auto& rule : rules_) {
        if (!matches(rule.path, path)) continue;
        const bool longer = !best || rule.path.size() > best->path.size();
        const bool milder = best && rule.path.size() == best->path.size() && rule.allows;
        if (longer || milder) best = &rule;
    }
    return !best || best->allows;
}

}  // namespace nettool::proto
