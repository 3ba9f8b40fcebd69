// Whatever comes back is judged without a crash, and never as the reply to a probe that was not
// sent.

#include "nettool/proto/classroom/ping_probe.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using nettool::proto::PingProbes;
    const std::string_view reply(reinterpret_cast<const char*>(data), size);
    PingProbes probes(481'516, 0);
    constexpr std::chrono::nanoseconds begin(1'700'000'000'123'456'789);
    for (int i = 0; i < 12; ++i) probes.next(begin + i * std::chrono::seconds(1));
    for (const auto outstanding :
         {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(7)}) {
        const auto judgement = probes.judge(reply, outstanding);
        const bool is_reply = judgement.kind == PingProbes::Kind::verified ||
                              judgement.kind == PingProbes::Kind::unverified;
        if (is_reply && (judgement.number < 1 || judgement.number > 12)) std::abort();
    }
    (void)probes.number_of(reply);
    return 0;
}
