#include "nettool/proto/web/file_name.hpp"

#include "nettool/base/text.hpp"
#include "nettool/proto/web/percent.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

constexpr std::size_t max_bytes = 200;
constexpr std::size_t max_extension_bytes = 20;

// At most `size` bytes, and no half of a character.
std::string_view cut(std::string_view text, std::size_t size) {
    if (text.size() <= size) return text;
    while (size > 0 && (text[size] & 0xc0) == 0x80) --size;
    return text.substr(0, size);
}

std::string shortened(const std::string& name) {
    if (name.size() <= max_bytes) return name;
    const std::string_view view(name);
    const auto dot = view.rfind('.');
    const bool has_extension = dot != view.npos && view.size() - dot <= max_extension_bytes;
    const auto extension = has_extension ? view.substr(dot) : std::string_view();
    return std::string(cut(view, max_bytes - extension.size())).append(extension);
}

}  // namespace

std::string safe_file_name(std::string_view text) {
    std::string name;
    while (!text.empty()) {
        const auto size = utf8_sequence_length(text);
        const auto character = text.substr(0, std::max<std::size_t>(size, 1));
        text.remove_prefix(character.size());
        // What has to be escaped for a terminal has no place in a name either.
        const bool safe =
            size > 0 && character != "/" && character != "\\" && escaped(character) == character;
        const bool hides = name.empty() && character == ".";
        if (safe && !hides)
            name += character;
        else
            name += '_';
    }
    return shortened(name);
}

std::string numbered_file_name(std::string_view name, unsigned number) {
    const auto dot = name.rfind('.');
    const bool has_extension =
        dot != name.npos && dot > 0 && name.size() - dot <= max_extension_bytes;
    const auto stem = name.substr(0, has_extension ? dot : name.npos);
    const auto suffix = "-" + std::to_string(number);
    return std::string(stem) + suffix + std::string(name.substr(stem.size()));
}

std::string file_name_of_path(std::string_view path) {
    const auto slash = path.rfind('/');
    const auto segment = slash == path.npos ? path : path.substr(slash + 1);
    if (segment.empty()) return "index.html";
    return safe_file_name(percent_decoded_leniently(segment));
}

}  // namespace nettool::proto
