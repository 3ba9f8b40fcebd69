#include "nettool/proto/web/image_type.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace nettool::proto {
namespace {

using namespace std::string_view_literals;

constexpr ImageType png{"image/png", ".png"}, jpeg{"image/jpeg", ".jpg"}, gif{"image/gif", ".gif"},
    webp{"image/webp", ".webp"}, avif{"image/avif", ".avif"}, heic{"image/heic", ".heic"},
    jxl{"image/jxl", ".jxl"}, jp2{"image/jp2", ".jp2"}, bmp{"image/bmp", ".bmp"},
    ico{"image/vnd.microsoft.icon", ".ico"}, cur{"image/x-win-bitmap", ".cur"},
    tiff{"image/tiff", ".tiff"}, svg{"image/svg+xml", ".svg"};

constexpr std::array all = {png, jpeg, gif, webp, avif, heic, jxl, jp2, bmp, ico, cur, tiff, svg};

struct Mark {
    std::string_view bytes;
    ImageType type;
};
constexpr std::array marks = {
    Mark{"\x89PNG\r\n\x1a\n"sv, png},
    Mark{"\xff\xd8\xff"sv, jpeg},
    Mark{"GIF87a"sv, gif},
    Mark{"GIF89a"sv, gif},
    Mark{"\0\0\0\x0cJXL \r\n\x87\n"sv, jxl},
    Mark{"\xff\x0a"sv, jxl},
    Mark{"\0\0\0\x0cjP  \r\n\x87\n"sv, jp2},
    Mark{"BM"sv, bmp},
    Mark{"\0\0\x01\0"sv, ico},
    Mark{"\0\0\x02\0"sv, cur},
    Mark{"II*\0"sv, tiff},
    Mark{"MM\0*"sv, tiff},
};

struct Name {
    std::string_view name;
    ImageType type;
};
constexpr std::array other_extensions = {
    Name{".jpeg", jpeg}, Name{".jpe", jpeg}, Name{".jfif", jpeg}, Name{".apng", png},
    Name{".heif", heic}, Name{".tif", tiff}, Name{".dib", bmp},   Name{".avifs", avif}};
constexpr std::array other_media_types = {Name{"image/jpg", jpeg},     Name{"image/pjpeg", jpeg},
                                          Name{"image/apng", png},     Name{"image/x-icon", ico},
                                          Name{"image/x-ms-bmp", bmp}, Name{"image/heif", heic},
                                          Name{"image/x-png", png}};

// ISO base media: `ftyp` and the brands of the box.
std::optional<ImageType> of_brands(std::string_view head) {
    constexpr std::size_t type_at = 4, brands_at = 8, brand_bytes = 4, most_brands = 16;
    if (head.size() < brands_at || head.substr(type_at, 4) != "ftyp") return std::nullopt;
    for (std::size_t i = 0; i < most_brands; ++i) {
        const auto at = brands_at + i * brand_bytes;
        if (at + brand_bytes > head.size()) break;
        const auto brand = head.substr(at, brand_bytes);
        if (brand == "avif" || brand == "avis") return avif;
        if (brand == "heic" || brand == "heix" || brand == "mif1" || brand == "heim") return heic;
    }
    return std::nullopt;
}

// Takes `<?xml …?>`, a document type and comments off the beginning.
std::string_view without_prolog(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
        const auto end = text.starts_with("<?")     ? "?>"sv
                         : text.starts_with("<!--") ? "-->"sv
                         : text.starts_with("<!")   ? ">"sv
                                                    : ""sv;
        const auto at = end.empty() ? text.npos : text.find(end);
        if (at == text.npos) return text;
        text.remove_prefix(at + end.size());
    }
}

}  // namespace

std::optional<ImageType> image_type_of(std::string_view head) {
    for (const auto& mark : marks)
        if (head.starts_with(mark.bytes)) return mark.type;
    if (head.starts_with("RIFF") && head.size() > 12 && head.substr(8, 4) == "WEBP") return webp;
    if (const auto type = of_brands(head)) return type;
    const auto root = without_prolog(head);
    const bool is_svg =
        root.starts_with("<svg") &&
        (root.size() == 4 || " \t\r\n>/:"sv.find(root[4]) != std::string_view::npos);
    if (is_svg || root.starts_with("<svg:svg")) return svg;
    return std::nullopt;
}

std::optional<ImageType> image_type_named(std::string_view media_type) {
    for (const auto& type : all)
        if (equal_ignoring_case(type.media_type, media_type)) return type;
    for (const auto& [name, type] : other_media_types)
        if (equal_ignoring_case(name, media_type)) return type;
    return std::nullopt;
}

bool is_textual(std::string_view head) {
    return std::ranges::none_of(head, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 && " \t\r\n\f\x1b"sv.find(c) == std::string_view::npos;
    });
}

bool is_extension_of(std::string_view extension, const ImageType& type) {
    if (equal_ignoring_case(extension, type.extension)) return true;
    return std::ranges::any_of(other_extensions, [&](const Name& other) {
        return equal_ignoring_case(extension, other.name) && other.type == type;
    });
}

bool is_image_extension(std::string_view extension) {
    return std::ranges::any_of(
        all, [&](const ImageType& type) { return is_extension_of(extension, type); });
}

}  // namespace nettool::proto
