#pragma once
// The images an HTML page refers to: in its elements, in attributes that scripts would use later,
// and in its styles.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

/// Where a page names an image.
enum class ImageSource {
    src,     // of img
    srcset,  // of img and picture's source
    lazy,    // data-src and its like, which a script would put into src
    input,   // input type=image
    icon,    // link rel=icon and its like
    poster,  // of video
    css,     // url() of a style
    other,   // SVG's image, object, embed, background, link rel=preload
    meta,    // og:image and its like: what others show of the page
};

std::string_view to_string(ImageSource source);

struct ImageReference {
    /// Why it is not to be asked for.
    enum class Doubt {
        none,
        placeholder,  // stands where a script puts the real one, which is among the references
        unfilled,     // a template such as `{{image}}`, which a script would fill
    };

    ImageSource source;
    std::string url;  // as written, entities resolved
    Doubt doubt = Doubt::none;

    bool operator==(const ImageReference&) const = default;
};

struct PageImages {
    std::optional<std::string> base;  // href of the first base element
    std::vector<ImageReference> images;
    std::vector<std::string> style_sheets;  // linked and imported ones
};

/// Of an image that is there in several sizes: all, or the largest one.
enum class Candidates { all, best };

/// In the order of the page, which is UTF-8.  Nothing for a page that is not to be read, see
/// walk_html().
std::optional<PageImages> page_images(std::string_view page, Candidates candidates);

}  // namespace nettool::proto
