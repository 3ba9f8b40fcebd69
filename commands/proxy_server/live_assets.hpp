#pragma once
// The files of the live page, which are part of the binary.

#include <string_view>

namespace nettool::commands {

struct LiveAsset {
    std::string_view type;
    std::string_view text;
};

/// `/`, `/live.css` or `/live.js`; null for anything else.
const LiveAsset* live_asset(std::string_view path);

}  // namespace nettool::commands
