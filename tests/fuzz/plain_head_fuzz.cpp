// What the quick reader of heads takes, the judge takes too, and both say the same of it.
#include "nettool/http/plain_head.hpp"

#include <algorithm>

namespace {

using namespace nettool::http;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const HeadLimits limits;
    RequestHead quick;
    const auto end = read_plain_head(bytes, limits, quick);
    if (!end) return 0;
    HeadScanner scanner(limits, Strictness::strict);
    require(scanner.scan(bytes) == HeadScanner::Progress::whole);
    require(scanner.begin() == 0 && scanner.size() == *end);
    RequestHead judged;
    require(!judge_request(bytes.substr(0, *end), limits, judged));
    require(quick.method == judged.method && quick.target == judged.target);
    require(quick.minor_version == judged.minor_version && quick.host == judged.host);
    require(quick.keep_alive == judged.keep_alive);
    require(quick.framing.kind == judged.framing.kind);
    require(quick.expects_continue == judged.expects_continue);
    require(quick.fields.size() == judged.fields.size());
    require(std::equal(
        quick.fields.begin(), quick.fields.end(), judged.fields.begin(),
        [](const Field& a, const Field& b) { return a.name == b.name && a.value == b.value; }));
    return 0;
}
