#pragma once
// What mirror-images says of each image and of all of them.

#include "nettool/base/text.hpp"
#include "nettool/base/units.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace nettool::commands {

struct Image {
    static constexpr std::string_view event = "image";
    std::string url;
    std::string source;  // where the page names it: src, srcset, lazy, css, …
    std::string result;  // saved, unchanged, linked, failed, skipped, planned
    std::string reason;  // of the last three
    std::string file;    // in the directory
    std::string type;
    std::uint64_t size_bytes = 0;
    std::string sha256;
    std::string etag;           // as the server says them, for the next run
    std::string last_modified;  // RFC 3339, or empty
};
BOOST_DESCRIBE_STRUCT(Image, (),
                      (url, source, result, reason, file, type, size_bytes, sha256, etag,
                       last_modified))

inline std::string print(const Image& image) {
    if (image.result == "planned") return escaped(image.url);
    auto line = image.result + " " + escaped(image.file);
    if (image.result == "saved") line += " (" + human_size(image.size_bytes) + ")";
    if (!image.reason.empty()) line += ": " + escaped(image.reason);
    return line;
}

struct Summary {
    static constexpr std::string_view event = "summary";
    std::string page;
    std::string directory;
    std::uint64_t images = 0;  // that the page names, each once, without those that were skipped
    std::uint64_t saved = 0;
    std::uint64_t unchanged = 0;
    std::uint64_t linked = 0;
    std::uint64_t failed = 0;
    std::uint64_t skipped = 0;
    std::uint64_t style_sheets_failed = 0;
    std::uint64_t size_bytes = 0;      // of what was saved
    std::uint64_t received_bytes = 0;  // of all bodies, as they came over the wire
    double elapsed_ms = 0;
};
BOOST_DESCRIBE_STRUCT(Summary, (),
                      (page, directory, images, saved, unchanged, linked, failed, skipped,
                       style_sheets_failed, size_bytes, received_bytes, elapsed_ms))

inline std::string print(const Summary& summary) {
    std::string counts;
    const auto add = [&counts](std::uint64_t count, std::string_view what) {
        if (count > 0) append_joined(counts, ", ", fmt::format("{} {}", count, what));
    };
    add(summary.saved, "saved");
    add(summary.unchanged, "unchanged");
    add(summary.linked, "linked");
    add(summary.failed, "failed");
    add(summary.skipped, "skipped");
    constexpr double ms = 1000;
    return fmt::format("{} {}: {}; {} in {:.1f} s", summary.images,
                       summary.images == 1 ? "image" : "images",
                       counts.empty() ? "nothing to do" : counts, human_size(summary.size_bytes),
                       summary.elapsed_ms / ms);
}

}  // namespace nettool::commands
