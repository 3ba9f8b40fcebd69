#pragma once
// Sends one or several ranges of a file (RFC 9110 §14.6, §15.3.7).

#include "nettool/http/exchange.hpp"
#include "nettool/proto/web/http_range.hpp"

#include <string>
#include <vector>

namespace nettool::http {

struct RangedFile {
    int descriptor;
    std::uint64_t size;
    std::string type;
};

/// `writer`: of a 206 without Content-Type; `parts`: at least one.
awaitable<result<void>> send_ranges(Exchange& exchange, HeadWriter writer, RangedFile file,
                                    std::vector<proto::ByteRange> parts);

}  // namespace nettool::http
