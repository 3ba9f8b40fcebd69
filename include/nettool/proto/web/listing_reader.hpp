#pragma once
// Reads the listing of a directory that a web server made: ours, Python's, nginx's, Apache's,
// lighttpd's and Caddy's pages, and the JSON of nginx and Caddy.

#include "nettool/proto/web/url.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct ListingEntry {
    std::string name;  // decoded, any bytes but NUL and `/`
    Url url;
    bool is_directory = false;
    std::optional<std::uint64_t> size;                 // where it is given to the byte
    std::string size_text;                             // as shown: `1.2K`; empty where nothing is
    std::optional<std::chrono::sys_seconds> modified;  // as shown, read as UTC
};

/// In the order of the page, each once.  `directory`: the URL of the page; links that do not lead
/// to one name right below it are left out.  Nothing for a page that is not to be read, see
/// walk_html().
std::optional<std::vector<ListingEntry>> read_html_listing(std::string_view page,
                                                           const Url& directory);

/// Nothing for what is no array of objects with a name.
std::optional<std::vector<ListingEntry>> read_json_listing(std::string_view text,
                                                           const Url& directory);

}  // namespace nettool::proto
