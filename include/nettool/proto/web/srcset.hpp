#pragma once
// The candidates of a srcset attribute (WHATWG HTML, §4.8.4.3.11 "Parsing a srcset attribute").

#include <optional>
#include <string_view>
#include <vector>

namespace nettool::proto {

/// Refers to the text it was parsed from.
struct SrcsetCandidate {
    std::string_view url;           // as written, not resolved
    std::optional<double> density;  // of `2x`; 1 where nothing is said
    std::optional<unsigned> width;  // of `480w`, in pixels
};

/// Total over any text; candidates whose descriptors are not understood are left out, as browsers
/// do.
std::vector<SrcsetCandidate> parse_srcset(std::string_view text);

/// The one with the most pixels: the greatest width, else the greatest density; the first of
/// equals.  `candidates` is not empty.
const SrcsetCandidate& best_candidate(const std::vector<SrcsetCandidate>& candidates);

}  // namespace nettool::proto
