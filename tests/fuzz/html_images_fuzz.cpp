// A page in any character set; what its bytes may be is asked, too.
#include "nettool/base/text.hpp"
#include "nettool/proto/web/charset.hpp"
#include "nettool/proto/web/html_images.hpp"
#include "nettool/proto/web/image_type.hpp"

#include <cstdint>

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::proto;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    (void)image_type_of(bytes);
    const auto charset = charset_of_page(bytes, "");
    const auto page = utf8_of(bytes, charset);
    for (std::string_view left(page); !left.empty();) {
        const auto length = nettool::utf8_sequence_length(left);
        require(length > 0);
        left.remove_prefix(length);
    }
    const auto all = page_images(page, Candidates::all);
    const auto best = page_images(page, Candidates::best);
    require(all.has_value() == best.has_value());
    if (!all) return 0;
    for (const auto& image : all->images) require(!image.url.empty());
    require(best->images.size() <= all->images.size());
    return 0;
}
