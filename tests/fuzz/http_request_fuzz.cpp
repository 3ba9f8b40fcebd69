// A request head as a client sends it, and what may stand behind it.
#include "nettool/http/request_guard.hpp"

#include <algorithm>
#include <string>

namespace {

using namespace nettool::http;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

HeadScanner::Progress scan(HeadScanner& scanner, std::string_view text, std::size_t step) {
    auto progress = HeadScanner::Progress::more;
    for (auto size = std::min(step, text.size());; size = std::min(size + step, text.size())) {
        progress = scanner.scan(text.substr(0, size));
        if (progress != HeadScanner::Progress::more || size == text.size()) return progress;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const HeadLimits limits;
    HeadScanner whole(limits, Strictness::strict), bytes(limits, Strictness::strict);
    const auto progress = scan(whole, text, text.size() + 1);
    // However a head is cut, it ends in the same place.
    if (size < 20'000) {
        const auto cut = scan(bytes, text, 1);
        require((cut == HeadScanner::Progress::whole) ==
                (progress == HeadScanner::Progress::whole));
        if (progress == HeadScanner::Progress::whole) require(whole.size() == bytes.size());
    }
    if (progress != HeadScanner::Progress::whole) return 0;
    RequestHead head;
    const auto raw = text.substr(whole.begin(), whole.size() - whole.begin());
    if (judge_request(raw, limits, head)) return 0;
    require(is_token(head.method) && !head.target.empty());
    require(head.target.find_first_of(" #\\\r\n") == std::string_view::npos);
    require(head.fields.count("transfer-encoding") == 0 ||
            head.fields.count("content-length") == 0);
    require(head.fields.count("host") <= 1 && head.fields.count("content-length") <= 1);
    require(head.minor_version == 0 || !head.host.empty());
    require(head.framing.kind != Framing::Kind::until_close);
    for (const auto& field : head.fields)
        require(is_token(field.name) && is_field_value(field.value));
    return 0;
}
