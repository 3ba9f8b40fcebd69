#include "nettool/cli/qr_code.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/lazy_library.hpp"

#include <memory>

#include <qrencode.h>

namespace nettool::cli {
namespace {

constexpr int quiet_zone = 2;  // modules; the standard asks for four, cameras need two

bool is_dark(const QRcode& code, int row, int column) {
    if (row < 0 || column < 0 || row >= code.width || column >= code.width) return false;
    return (code.data[row * code.width + column] & 1) != 0;
}

// Two rows of modules are one line.
std::string drawn(const QRcode& code) {
    constexpr std::string_view black_on_white = "\x1b[30;107m", plain = "\x1b[0m";
    std::string text;
    for (int row = -quiet_zone; row < code.width + quiet_zone; row += 2) {
        text += black_on_white;
        for (int column = -quiet_zone; column < code.width + quiet_zone; ++column) {
            const bool upper = is_dark(code, row, column), lower = is_dark(code, row + 1, column);
            text += upper ? (lower ? "\u2588" : "\u2580") : (lower ? "\u2584" : " ");
        }
        text.append(plain).append("\n");
    }
    return text;
}

}  // namespace

std::string qr_code(std::string_view text) {
    const LazyLibrary library("libqrencode.so.4", "libqrencode4");
    auto* const encode =
        library.find<decltype(::QRcode_encodeString8bit)>("QRcode_encodeString8bit");
    auto* const free = library.find<decltype(::QRcode_free)>("QRcode_free");
    const std::unique_ptr<QRcode, decltype(free)> code(
        encode(std::string(text).c_str(), 0, QR_ECLEVEL_L), free);
    if (!code) throw Failure(Fault::local, "the text is too long for a QR code");
    return drawn(*code);
}

}  // namespace nettool::cli
