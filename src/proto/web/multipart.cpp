#include "nettool/proto/web/multipart.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

// The value at the beginning of `rest`, a token or a quoted string, which is taken off.  Browsers
// do not escape with a backslash in a form (HTML §4.10.21.8), so one stands for itself there.
std::optional<std::string> take_value(std::string_view& rest) {
    const bool is_quoted = rest.starts_with('"');
    if (is_quoted) rest.remove_prefix(1);
    const auto end = rest.find(is_quoted ? '"' : ';');
    if (is_quoted && end == rest.npos) return std::nullopt;
    const std::string value(is_quoted ? rest.substr(0, end) : without_blanks(rest.substr(0, end)));
    rest.remove_prefix(std::min(rest.size(), end == rest.npos ? end : end + (is_quoted ? 1 : 0)));
    return value;
}

// The parameter of this name behind the first semicolon.
std::optional<std::string> parameter(std::string_view value, std::string_view name) {
    auto rest = value;
    for (;;) {
        const auto semicolon = rest.find(';');
        if (semicolon == rest.npos) return std::nullopt;
        rest = without_blanks(rest.substr(semicolon + 1));
        const auto equals = rest.find_first_of("=;");
        if (equals == rest.npos || rest[equals] == ';') continue;
        const auto found = without_blanks(rest.substr(0, equals));
        rest = without_blanks(rest.substr(equals + 1));
        auto text = take_value(rest);
        if (!text) return std::nullopt;
        if (equal_ignoring_case(found, name)) return text;
    }
}

// What a browser escapes in a name, and nothing else.
std::string unescaped(std::string_view text) {
    std::string name;
    while (!text.empty()) {
        const auto escape = text.substr(0, 3);
        const bool known = escape == "%22" || equal_ignoring_case(escape, "%0d") ||
                           equal_ignoring_case(escape, "%0a");
        name += !known                          ? text.front()
                : escape[1] == '2'              ? '"'
                : ascii_lower(escape[2]) == 'd' ? '\r'
                                                : '\n';
        text.remove_prefix(known ? escape.size() : 1);
    }
    return name;
}

// Nothing when the head does not say that it is one of a form.
std::optional<MultipartReader::Part> parse_head(std::string_view head) {
    while (!head.empty()) {
        const auto end = std::min(head.size(), head.find("\r\n"));
        const auto line = head.substr(0, end);
        head.remove_prefix(std::min(head.size(), end + 2));
        const auto colon = line.find(':');
        if (colon == line.npos) return std::nullopt;
        if (!equal_ignoring_case(line.substr(0, colon), "content-disposition")) continue;
        const auto value = without_blanks(line.substr(colon + 1));
        if (!equal_ignoring_case(without_blanks(value.substr(0, value.find(';'))), "form-data"))
            return std::nullopt;
        MultipartReader::Part part;
        part.name = unescaped(parameter(value, "name").value_or(""));
        if (auto name = parameter(value, "filename")) part.file_name = unescaped(*name);
        return part;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> form_boundary(std::string_view content_type) {
    constexpr std::size_t longest = 70;  // RFC 2046 §5.1.1
    const auto type = without_blanks(content_type.substr(0, content_type.find(';')));
    if (!equal_ignoring_case(type, "multipart/form-data")) return std::nullopt;
    auto boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > longest) return std::nullopt;
    const bool printable =
        std::ranges::all_of(*boundary, [](char c) { return c >= ' ' && c < 0x7f; });
    return printable ? boundary : std::nullopt;
}

MultipartReader::Status MultipartReader::feed(std::string_view bytes, Listener& listener) {
    constexpr std::size_t portion = 64UL * 1024;
    do {
        if (malformed_) return Status::malformed;
        if (place_ == Place::epilogue) return Status::finished;
        held_ += bytes.substr(0, portion);
        bytes.remove_prefix(std::min(portion, bytes.size()));
        while (!malformed_ && step(listener)) {
        }
    } while (!bytes.empty());
    if (malformed_) return Status::malformed;
    return place_ == Place::epilogue ? Status::finished : Status::more;
}

// Whether there may be more to do with what is held.
bool MultipartReader::step(Listener& listener) {
    switch (place_) {
        case Place::preamble: return skip_preamble();
        case Place::behind_delimiter: return pass_delimiter();
        case Place::head: return read_head(listener);
        case Place::data: return pass_data(listener);
        case Place::epilogue: held_.clear(); return false;
    }
    return false;
}

bool MultipartReader::skip_preamble() {
    const auto at = held_.find(delimiter_);
    if (at == held_.npos) {
        malformed_ = held_.size() > max_head_bytes;
        return false;
    }
    held_.erase(0, at + delimiter_.size());
    place_ = Place::behind_delimiter;
    return true;
}

// `--` at the last one; else blanks and the end of the line.
bool MultipartReader::pass_delimiter() {
    if (held_.starts_with("--")) {
        place_ = Place::epilogue;
        return true;
    }
    const auto text = held_.find_first_not_of(" \t");
    if (text == held_.npos || held_.size() < text + 2) {
        malformed_ = held_.size() > max_head_bytes;
        return false;
    }
    malformed_ = held_.compare(text, 2, "\r\n") != 0;
    if (malformed_) return false;
    held_.erase(0, text);  // the line end stays: a head may be empty
    place_ = Place::head;
    return true;
}

bool MultipartReader::read_head(Listener& listener) {
    const auto end = held_.find("\r\n\r\n");
    if (end == held_.npos) {
        malformed_ = held_.size() > max_head_bytes;
        return false;
    }
    const auto part =
        end > max_head_bytes
            ? std::nullopt
            : parse_head(std::string_view(held_).substr(2, std::max<std::size_t>(end, 2) - 2));
    malformed_ = !part;
    if (malformed_) return false;
    listener.begin(*part);
    held_.erase(0, end + 4);
    place_ = Place::data;
    return true;
}

bool MultipartReader::pass_data(Listener& listener) {
    const std::string_view view(held_);
    const auto at = view.find(delimiter_);
    if (at != view.npos) {
        if (at > 0) listener.data(view.substr(0, at));
        listener.end();
        held_.erase(0, at + delimiter_.size());
        place_ = Place::behind_delimiter;
        return true;
    }
    // What could be the beginning of the delimiter waits for its rest.
    const auto kept = std::min(view.size(), delimiter_.size() - 1);
    const auto passed = view.size() - kept;
    if (passed > 0) listener.data(view.substr(0, passed));
    held_.erase(0, passed);
    return false;
}

}  // namespace nettool::proto
