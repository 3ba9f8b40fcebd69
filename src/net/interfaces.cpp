#include "nettool/net/interfaces.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

namespace nettool::net {
namespace {

asio::ip::address address_of(const sockaddr& raw) {
    if (raw.sa_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &raw, sizeof v4);
        return asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
    }
    sockaddr_in6 v6;
    std::memcpy(&v6, &raw, sizeof v6);
    asio::ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return asio::ip::address_v6(bytes);
}

bool is_link_local(const asio::ip::address& address) {
    if (address.is_v6()) return address.to_v6().is_link_local();
    constexpr std::uint32_t prefix = 0xa9fe0000, mask = 0xffff0000;  // 169.254.0.0/16
    return (address.to_v4().to_uint() & mask) == prefix;
}

}  // namespace

std::vector<asio::ip::address> own_addresses() {
    ifaddrs* raw = nullptr;
    if (::getifaddrs(&raw) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(raw, &::freeifaddrs);
    std::vector<asio::ip::address> addresses;
    for (const auto* one = raw; one; one = one->ifa_next) {
        if (!one->ifa_addr || (one->ifa_flags & IFF_UP) == 0) continue;
        const auto family = one->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6) continue;
        addresses.push_back(address_of(*one->ifa_addr));
    }
    return addresses;
}

std::vector<asio::ip::address> reachable_addresses() {
    auto addresses = own_addresses();
    std::erase_if(addresses, [](const auto& address) {
        return address.is_loopback() || is_link_local(address);
    });
    std::stable_partition(addresses.begin(), addresses.end(),
                          [](const auto& address) { return address.is_v4(); });
    return addresses;
}

}  // namespace nettool::net
