#include "nettool/proto/wire/checksum.hpp"

#include "bytes.hpp"

namespace nettool::proto {
namespace {

std::string_view text_of(const IpAddress& address) {
    return {reinterpret_cast<const char*>(address.bytes.data()), address.is_v6 ? 16U : 4U};
}

// The complement of the Internet checksum: the sum itself.
std::uint16_t folded(std::uint64_t sum) {
    return static_cast<std::uint16_t>(~internet_checksum(sum));
}

}  // namespace

Checksum judge_checksum(const IpPayload& ip) {
    constexpr unsigned tcp = 6, udp = 17;
    const std::size_t at = ip.protocol == tcp ? 16 : 6;
    const bool known = ip.protocol == tcp || ip.protocol == udp;
    if (!known || ip.is_fragment() || ip.bytes.size() < ip.size || ip.bytes.size() < at + 2)
        return Checksum::unknown;
    const auto found = Bytes(ip.bytes).u16(at);
    if (ip.protocol == udp && found == 0) return Checksum::absent;
    const auto pseudo = sum_of_words(text_of(ip.source)) + sum_of_words(text_of(ip.target)) +
                        ip.protocol + ip.bytes.size();
    if (folded(pseudo + sum_of_words(ip.bytes)) == 0xffff) return Checksum::right;
    return found == folded(pseudo) ? Checksum::unfinished : Checksum::wrong;
}

}  // namespace nettool::proto
