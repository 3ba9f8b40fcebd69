// What a name service says of the mail of a domain.
#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/mail_exchangers.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::proto;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto answer = parse_exchanger_answer(text);
    const auto count = answer.exchangers.size();
    const auto plan =
        plan_exchangers("example.org", std::move(answer), [](std::size_t n) { return n / 2; });
    if (plan.hosts.empty() == plan.refusal.empty()) __builtin_trap();
    if (plan.hosts.size() > count + 1) __builtin_trap();
    for (const auto& host : plan.hosts)
        if (host.empty() || nettool::has_control_bytes(host)) __builtin_trap();
    return 0;
}
