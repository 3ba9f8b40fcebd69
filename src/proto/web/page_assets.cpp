#include "nettool/proto/web/page_assets.hpp"

#include "nettool/base/digest.hpp"
#include "nettool/proto/web/base64.hpp"

#include <fmt/format.h>

namespace nettool::proto {
namespace {

#include "page_assets.inc"

std::string source_of(std::string_view text) {
    Digest sha256("sha256");
    sha256.update(text);
    return "'sha256-" + base64(sha256.finish_raw()) + "'";
}

}  // namespace

std::string_view page_style() { return page_css; }
std::string_view listing_script() { return listing_js; }
std::string_view upload_script() { return upload_js; }

const std::string& page_policy() {
    static const std::string policy = fmt::format(
        "default-src 'none'; style-src {}; script-src {} {}; connect-src 'self'; form-action "
        "'self'; base-uri 'none'; frame-ancestors 'self'",
        source_of(page_style()), source_of(listing_script()), source_of(upload_script()));
    return policy;
}

}  // namespace nettool::proto
