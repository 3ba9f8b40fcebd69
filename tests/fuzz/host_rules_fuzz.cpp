// A rule, LF, a host: whatever they are, the spelling of the host changes nothing.

#include "nettool/proto/web/host_rules.hpp"

#include <algorithm>
#include <cstddef>

#include <arpa/inet.h>

using namespace nettool::proto;

namespace {

std::string shouted(std::string_view text) {
    std::string upper(text);
    for (auto& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return upper;
}

bool is_v4(const std::string& host) {
    in_addr address{};
    return host.find('\0') == host.npos && ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\n'), text.size());
    const auto parsed = parse_host_rule(text.substr(0, end));
    if (parsed.rule.has_value() == !parsed.error.empty()) __builtin_trap();
    if (!parsed.rule) return 0;
    if (parsed.rule->text() != text.substr(0, end)) __builtin_trap();
    const std::string host(text.substr(std::min(end + 1, text.size())));
    constexpr std::uint16_t port = 80;
    const bool matches = parsed.rule->matches(RuledHost(host), port);
    if (parsed.rule->matches(RuledHost(shouted(host)), port) != matches) __builtin_trap();
    if (is_v4(host) && parsed.rule->matches(RuledHost("::ffff:" + host), port) != matches)
        __builtin_trap();
    return 0;
}
