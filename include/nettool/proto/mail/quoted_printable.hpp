#pragma once
// Text with few octets beyond ASCII, in lines of 76 (RFC 2045 §6.7).

#include <string>
#include <string_view>

namespace nettool::proto {

/// Line ends of `text` (LF or CR LF) become CR LF, a CR that stands alone is encoded.
std::string quoted_printable(std::string_view text);

/// Total over any text: what is no escape stands for itself, as readers of mail forgive it.
std::string quoted_printable_decoded(std::string_view text);

}  // namespace nettool::proto
