#pragma once
// Splits a command line into words as a shell does, without expanding anything.

#include <string>
#include <string_view>
#include <vector>

namespace nettool::cli {

/// Blanks separate; '…' is verbatim; "…" knows \" \\ \$ \`; a backslash outside takes the next
/// character as it is.  Throws UsageError for a quote that does not end.
std::vector<std::string> split_words(std::string_view line);

}  // namespace nettool::cli
