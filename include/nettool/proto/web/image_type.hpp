#pragma once
// What kind of image some bytes are, whatever their name says (WHATWG MIME Sniffing, §6.1).

#include <cstddef>
#include <optional>
#include <string_view>

namespace nettool::proto {

struct ImageType {
    std::string_view media_type;
    std::string_view extension;  // with its dot

    bool operator==(const ImageType&) const = default;
};

constexpr std::size_t image_head_bytes =
    4096;  // that image_type_of() wants, where there are so many

/// By the first bytes: PNG, JPEG, GIF, WebP, AVIF, HEIC, JPEG XL, JPEG 2000, BMP, ICO, CUR, TIFF
/// and SVG.
std::optional<ImageType> image_type_of(std::string_view head);

/// By the media type that somebody says it has.
std::optional<ImageType> image_type_named(std::string_view media_type);

/// Whether these bytes are text: an HTML page, an error in words.
bool is_textual(std::string_view head);

/// Whether files of this type are called so: both `.jpg` and `.jpeg`; `extension` in any case.
bool is_extension_of(std::string_view extension, const ImageType& type);

/// Whether files of any of these types are.
bool is_image_extension(std::string_view extension);

}  // namespace nettool::proto
