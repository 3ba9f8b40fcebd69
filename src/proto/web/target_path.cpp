#include "nettool/proto/web/target_path.hpp"

#include "nettool/proto/web/percent.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

// Nothing for a segment that cannot be a name; an empty name is `.`.
std::optional<std::string> name_of(std::string_view segment) {
    using namespace std::string_view_literals;
    auto name = percent_decoded(segment);
    if (!name || name->find_first_of("\0/\\"sv) != name->npos) return std::nullopt;
    if (name->empty()) name = ".";
    return name;
}

}  // namespace

std::optional<TargetPath> parse_target_path(std::string_view target) {
    TargetPath path;
    const auto question = target.find('?');
    if (question != target.npos) path.query = target.substr(question + 1);
    auto rest = target.substr(0, question);
    if (!rest.starts_with('/')) return std::nullopt;
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto slash = rest.find('/');
        auto name = name_of(rest.substr(0, slash));
        if (!name) return std::nullopt;
        const bool up = *name == "..", stay = *name == ".";
        const bool at_root = path.segments.empty() || path.segments.back() == "..";
        if (up && !at_root)
            path.segments.pop_back();
        else if (!stay)
            path.segments.push_back(*std::move(name));
        path.directory = up || stay;
        rest.remove_prefix(slash == rest.npos ? rest.size() : slash);
    }
    return path;
}

std::string encoded_segment(std::string_view name) {
    std::string encoded;
    encoded.reserve(name.size());
    for (const char c : name) {
        if (is_unreserved(c))
            encoded += c;
        else
            append_percent_escape(encoded, c);
    }
    return encoded;
}

std::string encoded_path(std::span<const std::string> segments, bool directory) {
    std::string path;
    for (const auto& segment : segments) path += "/" + encoded_segment(segment);
    if (directory || path.empty()) path += '/';
    return path;
}

std::optional<std::string_view> query_value(std::string_view query, std::string_view name) {
    for (;;) {
        const auto end = query.find('&');
        const auto pair = query.substr(0, end);
        if (pair.substr(0, pair.find('=')) == name)
            return pair.size() > name.size() ? pair.substr(name.size() + 1) : std::string_view();
        if (end == query.npos) return std::nullopt;
        query.remove_prefix(end + 1);
    }
}

std::string form_value(std::string_view query, std::string_view name) {
    std::string text(query_value(query, name).value_or(""));
    std::ranges::replace(text, '+', ' ');
    return percent_decoded_leniently(text);
}

}  // namespace nettool::proto
