#pragma once
// A text as a QR code of half blocks, for the camera of a phone (ISO/IEC 18004).

#include <string>
#include <string_view>

namespace nettool::cli {

/// Lines with a quiet zone around, dark on light whatever the colors of the terminal are.  Throws
/// Failure (local) when there is no libqrencode or the text is too long for a code.
std::string qr_code(std::string_view text);

}  // namespace nettool::cli
