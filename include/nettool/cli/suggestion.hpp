#pragma once
// "Did you mean": the word nearest to a mistyped one.

#include <span>
#include <string>
#include <string_view>

namespace nettool::cli {

/// By the number of letters added, left out, changed or swapped; a beginning counts as near.
/// Empty when nothing is near.
std::string nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace nettool::cli
