#include "nettool/proto/web/media_type.hpp"

#include <algorithm>
#include <string>

namespace nettool::proto {
namespace {

struct Entry {
    std::string_view extension;
    std::string_view type;
};

constexpr Entry table[] = {
#include "media_type_table.inc"
};
static_assert(std::ranges::is_sorted(table, {}, &Entry::extension));

}  // namespace

std::string_view media_type_of(std::string_view file_name) {
    constexpr std::string_view unknown = "application/octet-stream";
    const auto dot = file_name.rfind('.');
    if (dot == file_name.npos || dot == 0) return unknown;
    std::string extension(file_name.substr(dot + 1));
    for (char& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto* found = std::ranges::lower_bound(table, extension, {}, &Entry::extension);
    return found != std::end(table) && found->extension == extension ? found->type : unknown;
}

bool is_text(std::string_view media_type) {
    for (const std::string_view type :
         {"application/json", "application/javascript", "application/xml", "image/svg+xml",
          "application/yaml", "application/toml", "application/manifest+json"})
        if (media_type == type) return true;
    return media_type.starts_with("text/");
}

bool is_compressible(std::string_view media_type) {
    const auto type = media_type.substr(0, media_type.find(';'));
    for (const std::string_view known : {"application/wasm", "image/bmp", "font/ttf", "font/otf",
                                         "application/rtf", "application/postscript"})
        if (type == known) return true;
    return is_text(type) || type.ends_with("+xml") || type.ends_with("+json");
}

bool is_active(std::string_view media_type) {
    const auto type = media_type.substr(0, media_type.find(';'));
    return type == "text/html" || type == "text/xml" || type == "application/xml" ||
           type.ends_with("+xml");
}

}  // namespace nettool::proto
