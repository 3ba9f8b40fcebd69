#include "live_assets.hpp"

#include "nettool/proto/web/page_assets.hpp"

#include <string>

namespace nettool::commands {
namespace {

#include "live_assets.inc"

}  // namespace

const LiveAsset* live_asset(std::string_view path) {
    static const auto style = std::string(proto::page_style()) + std::string(live_css);
    static const LiveAsset page{"text/html; charset=utf-8", live_html};
    static const LiveAsset sheet{"text/css; charset=utf-8", style};
    static const LiveAsset script{"text/javascript; charset=utf-8", live_js};
    if (path == "/") return &page;
    if (path == "/live.css") return &sheet;
    return path == "/live.js" ? &script : nullptr;
}

}  // namespace nettool::commands
