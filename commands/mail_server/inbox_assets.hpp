#pragma once
// The files of the inbox's page, which are part of the binary.

#include <string_view>

namespace nettool::commands {

struct InboxAsset {
    std::string_view type;
    std::string_view text;
};

/// `/`, `/inbox.css` or `/inbox.js`; null for anything else.
const InboxAsset* inbox_asset(std::string_view path);

}  // namespace nettool::commands
