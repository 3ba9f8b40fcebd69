#include "nettool/cli/output.hpp"

#include "nettool/base/text.hpp"

#include <boost/json/serialize.hpp>

#include <cmath>

#include <fmt/format.h>

namespace nettool::cli {
namespace {

namespace json = boost::json;

void append(std::string& text, const json::value& value);

void append(std::string& text, const json::object& object) {
    char before = '{';
    for (const auto& [key, value] : object) {
        text += before;
        text.append(json::serialize(key)).append(":");
        append(text, value);
        before = ',';
    }
    text += object.empty() ? "{}" : "}";
}

void append(std::string& text, const json::array& array) {
    char before = '[';
    for (const auto& value : array) {
        text += before;
        append(text, value);
        before = ',';
    }
    text += array.empty() ? "[]" : "]";
}

// Boost.JSON writes 0.25 as 2.5E-1, which is right and which nobody wants to read.
void append(std::string& text, const json::value& value) {
    if (const auto* object = value.if_object()) return append(text, *object);
    if (const auto* array = value.if_array()) return append(text, *array);
    if (const auto* number = value.if_double()) {
        text += std::isfinite(*number) ? fmt::format("{}", *number) : "null";
        return;
    }
    text += json::serialize(value);
}

}  // namespace

std::string Output::json_line(std::string_view event, boost::json::value members) const {
    boost::json::object line{{"event", event}};
    if (!member_.empty()) line.emplace("command", member_);
    for (auto& [key, value] : members.as_object()) line.emplace(key, std::move(value));
    std::string text;
    append(text, line);
    return json_safe(text) + '\n';
}

// One write for all of it: a reader on a pipe never sees half a result.
std::string Output::tagged(std::string text) const {
    text += '\n';
    if (member_.empty()) return text;
    std::string lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin) + 1;
        lines += member_ + ": " + text.substr(begin, end - begin);
        begin = end;
    }
    return lines;
}

}  // namespace nettool::cli
