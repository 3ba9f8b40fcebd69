#include "nettool/proto/classroom/json_text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace nettool::proto {
namespace {

namespace json = boost::json;
using boost::system::error_code;

constexpr std::size_t max_depth = 32;

// basic_parser asks for all of these; only whether it goes on is of interest.
struct Ignore {
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return true; }
    bool on_object_end(std::size_t, error_code&) { return true; }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t, error_code&) { return true; }
    bool on_key_part(json::string_view, std::size_t, error_code&) { return true; }
    bool on_key(json::string_view, std::size_t, error_code&) { return true; }
    bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
    bool on_string(json::string_view, std::size_t, error_code&) { return true; }
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, error_code&) { return true; }
    bool on_double(double, json::string_view, error_code&) { return true; }
    bool on_bool(bool, error_code&) { return true; }
    bool on_null(error_code&) { return true; }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

void skip_blanks(std::string_view& rest) {
    while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
}

std::string_view take_string(std::string_view& rest) {
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
    const auto string = rest.substr(0, end + 1);
    rest.remove_prefix(string.size());
    return string;
}

// One value of sound JSON, taken off `rest` with the blanks before it.
std::string_view take_value(std::string_view& rest) {
    skip_blanks(rest);
    if (rest.empty()) return {};
    if (rest.front() == '"') return take_string(rest);
    std::size_t size = 0;
    if (rest.front() == '{' || rest.front() == '[')
        size = JsonEnd().feed(rest);
    else
        size = std::min(rest.find_first_of(",]} \t\r\n"), rest.size());
    const auto value = rest.substr(0, size);
    rest.remove_prefix(size);
    return value;
}

// Past the comma, colon or bracket; false at the end.
bool take_separator(std::string_view& rest) {
    skip_blanks(rest);
    if (rest.empty()) return false;
    const char c = rest.front();
    rest.remove_prefix(1);
    skip_blanks(rest);
    return c != '}' && c != ']' && !rest.empty() && rest.front() != '}' && rest.front() != ']';
}

}  // namespace

std::size_t JsonEnd::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && !ended()) {
        const char c = bytes[used++];
        if (in_string_) {
            in_string_ = escaped_ || c != '"';
            escaped_ = !escaped_ && c == '\\';
            continue;
        }
        if (c == '"') in_string_ = true;
        if (c == '{' || c == '[') ++depth_;
        if ((c == '}' || c == ']') && depth_ > 0) --depth_;
        begun_ = begun_ || depth_ > 0;
    }
    return used;
}

std::optional<std::string> json_fault(std::string_view text) {
    json::parse_options options;
    options.max_depth = max_depth;
    json::basic_parser<Ignore> parser(options);
    error_code ec;
    const auto used = parser.write_some(false, text.data(), text.size(), ec);
    if (!ec && used == text.size()) return std::nullopt;
    const auto reason = ec ? ec.message() : std::string("extra data");
    return "bad JSON at byte " + std::to_string(used) + ": " + reason;
}

std::optional<std::string_view> json_member(std::string_view object, std::string_view name) {
    skip_blanks(object);
    std::optional<std::string_view> found;
    if (!object.starts_with('{')) return found;
    while (take_separator(object)) {
        const auto key = take_value(object);
        take_separator(object);
        const auto value = take_value(object);
        if (json_plain(key) == name) found = value;
    }
    return found;
}

std::optional<std::string_view> json_element(std::string_view array, std::size_t index) {
    skip_blanks(array);
    if (!array.starts_with('[')) return std::nullopt;
    for (; take_separator(array); --index) {
        const auto value = take_value(array);
        if (index == 0) return value;
    }
    return std::nullopt;
}

std::string json_plain(std::string_view value) {
    if (!value.starts_with('"')) return std::string(value);
    const auto inner = value.substr(1, value.size() - 2);
    if (inner.find('\\') == inner.npos) return std::string(inner);
    error_code ec;
    const auto parsed = json::parse({value.data(), value.size()}, ec);
    return ec || !parsed.is_string() ? std::string(inner) : std::string(parsed.as_string());
}

std::string json_quoted(std::string_view text) {
    return json::serialize(json::string_view(text.data(), text.size()));
}

}  // namespace nettool::proto
