#pragma once
// The HTML of a message without the elements that reach out where a policy forbids every load.

#include <string>

namespace nettool::proto {

/// `html` with `meta` for each `link`, and `source` for each `iframe`: the one connects ahead
/// (`preconnect`, `dns-prefetch`), the other does so in a document of its own (`srcdoc`), and
/// Content-Security-Policy has no word against either.  What stands for them is as long, has no
/// contents, and could have been written there in the first place.
std::string quiet_html(std::string html);

}  // namespace nettool::proto
