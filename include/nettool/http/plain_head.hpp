#pragma once
// Reads, in one pass, the heads that most requests have; whatever is unusual is left to the judge.

#include "nettool/http/request_guard.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace nettool::http {

/// The size of the whole GET or HEAD request without a body that `bytes` begin with, and `head`
/// filled in just as judge_request() would fill it; nothing where that judge has to look: a head
/// that is not whole, an unusual form, a field that frames, expects or ends, anything wrong.
std::optional<std::size_t> read_plain_head(std::string_view bytes, const HeadLimits& limits,
                                           RequestHead& head);

}  // namespace nettool::http
