// The first line is the base, the rest the reference.
#include "nettool/proto/web/file_name.hpp"
#include "nettool/proto/web/url.hpp"

#include <algorithm>

namespace {

using nettool::proto::parse_url;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\n'), text.size());
    const auto base = parse_url(text.substr(0, end));
    const auto url =
        parse_url(text.substr(std::min(end + 1, text.size())), base ? &*base : nullptr);
    if (!url) return 0;
    const auto written = to_string(*url);
    require(is_printable(written));
    const auto again = parse_url(written);
    require(again && to_string(*again) == written);
    if (!url->is_web()) return 0;
    require(!url->host.empty() && url->path.starts_with('/'));
    require(url->target().find_first_of(" #\\") == std::string::npos || url->query);
    const auto name = nettool::proto::file_name_of_path(url->path);
    require(name.find('/') == std::string::npos && !name.starts_with('.') && name.size() <= 200);
    return 0;
}
