#pragma once
// Takes a text apart where its lines end, with LF or CR LF.

#include <string_view>

namespace nettool::proto {

/// A line without its end, which is taken off `text` too.
std::string_view take_line(std::string_view& text) noexcept;

}  // namespace nettool::proto
