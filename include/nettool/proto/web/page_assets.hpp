#pragma once
// The style and the scripts of our pages, and the policy that lets nothing else run in them.

#include <string>
#include <string_view>

namespace nettool::proto {

std::string_view page_style();
std::string_view listing_script();
std::string_view upload_script();

/// A Content-Security-Policy (CSP Level 3) under which only these may be used, each named by its
/// digest; they are computed once.
const std::string& page_policy();

}  // namespace nettool::proto
