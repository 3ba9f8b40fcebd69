// Values that clients choose freely: what is accepted of them is well formed, whatever they say.
#include "nettool/http/content_negotiation.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/listing_page.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto codings = nettool::http::acceptable_codings(text);
    require(codings.size() <= 3);
    for (const auto coding : codings) {
        require(coding == "zstd" || coding == "br" || coding == "gzip");
        require(std::ranges::count(codings, coding) == 1);
    }
    if (const auto bytes = nettool::proto::base64_decoded(text))
        require(nettool::proto::base64(*bytes) == text);
    const auto view = nettool::proto::ListingView::of_query(text);
    const nettool::proto::ListedFile a{text.substr(0, size / 2), false, size, {}},
        b{text.substr(size / 2), false, size / 2, {}};
    require(!(view.comes_before(a, b) && view.comes_before(b, a)));
    require(!view.comes_before(a, a));
    require(view.shows({view.filter, false, 0, {}}));
    return 0;
}
