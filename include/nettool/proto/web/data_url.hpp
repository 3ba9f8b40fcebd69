#pragma once
// What a data: URL holds (WHATWG Fetch, §6 "data: URLs").

#include "nettool/proto/web/mime_type.hpp"
#include "nettool/proto/web/url.hpp"

#include <optional>
#include <string>

namespace nettool::proto {

struct DataUrl {
    MimeType type;  // text/plain;charset=US-ASCII where none is given
    std::string body;
};

/// Nothing for a URL of another scheme, one without a comma, and base64 that is none.
std::optional<DataUrl> read_data_url(const Url& url);

}  // namespace nettool::proto
