#pragma once
// How much of a page mirror-images wants, and within which bounds.

#include "nettool/cli/options.hpp"
#include "nettool/proto/web/html_images.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace nettool::commands {

struct MirrorSettings {
    std::vector<proto::ImageSource> only;  // empty: all but meta
    bool meta = false;                     // those, too
    proto::Candidates candidates = proto::Candidates::all;
    bool robots = false;
    bool allow_private = false;
    unsigned per_host = 6;
    unsigned connections = 32;
    std::chrono::milliseconds wait{0};
    unsigned max_images = 10'000;
    unsigned max_styles = 100;
    cli::Size max_page{64UL * 1024 * 1024};
    cli::Size max_size{256UL * 1024 * 1024};
    cli::Size max_total{16UL * 1024 * 1024 * 1024};
};

}  // namespace nettool::commands
