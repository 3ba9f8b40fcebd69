// A page, or with a first byte of `[` JSON.
#include "nettool/proto/web/listing_reader.hpp"

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::proto;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto directory = *parse_url("http://h/d/");
    const auto entries = text.starts_with('[') ? read_json_listing(text, directory)
                                               : read_html_listing(text, directory);
    if (!entries) return 0;
    for (const auto& entry : *entries) {
        require(!entry.name.empty() && entry.name != "." && entry.name != "..");
        require(entry.name.find('/') == std::string::npos);
        require(same_origin(entry.url, directory) && entry.url.path.starts_with("/d/"));
    }
    return 0;
}
