#include "inbox_assets.hpp"

#include "nettool/proto/web/page_assets.hpp"

#include <string>

namespace nettool::commands {
namespace {

#include "inbox_assets.inc"

}  // namespace

const InboxAsset* inbox_asset(std::string_view path) {
    static const auto style = std::string(proto::page_style()) + std::string(inbox_css);
    static const InboxAsset page{"text/html; charset=utf-8", inbox_html};
    static const InboxAsset sheet{"text/css; charset=utf-8", style};
    static const InboxAsset script{"text/javascript; charset=utf-8", inbox_js};
    if (path == "/") return &page;
    if (path == "/inbox.css") return &sheet;
    return path == "/inbox.js" ? &script : nullptr;
}

}  // namespace nettool::commands
