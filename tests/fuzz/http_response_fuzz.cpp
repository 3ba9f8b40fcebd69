// A response head as a server sends it.
#include "nettool/http/response_guard.hpp"

namespace {

using namespace nettool::http;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const HeadLimits limits;
    HeadScanner scanner(limits, Strictness::lenient);
    if (scanner.scan(text) != HeadScanner::Progress::whole) return 0;
    const auto raw = text.substr(scanner.begin(), scanner.size() - scanner.begin());
    for (const std::string_view method : {"GET", "HEAD"}) {
        ResponseHead head;
        if (!judge_response(raw, method, limits, head).empty()) continue;
        require(head.status >= 100 && head.status < 600);
        require(head.fields.size() <= limits.fields);
        require(method != "HEAD" || head.framing.kind == Framing::Kind::none);
        require(head.framing.kind != Framing::Kind::until_close || !head.keep_alive);
        for (const auto& field : head.fields)
            require(is_token(field.name) && is_field_value(field.value));
    }
    return 0;
}
