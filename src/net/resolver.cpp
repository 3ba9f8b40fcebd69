#include "nettool/net/resolver.hpp"

#include "nettool/net/offload.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netdb.h>

namespace nettool::net {
namespace {

using Addresses = std::vector<asio::ip::address>;

bool fits(const asio::ip::address& address, Family family) {
    return family == Family::any || (family == Family::v4) == address.is_v4();
}

error_code error_of(int status) {
    switch (status) {
        case EAI_NONAME:
        case EAI_NODATA:
        case EAI_ADDRFAMILY: return asio::error::host_not_found;
        case EAI_AGAIN: return asio::error::host_not_found_try_again;
        case EAI_MEMORY: return asio::error::no_memory;
        case EAI_SYSTEM: return last_error();
        default: return asio::error::no_recovery;
    }
}

asio::ip::address address_of(const addrinfo& info) {
    asio::ip::tcp::endpoint endpoint;
    endpoint.resize(info.ai_addrlen);
    std::memcpy(endpoint.data(), info.ai_addr, info.ai_addrlen);
    return endpoint.address();
}

result<Addresses> look_up(const std::string& host, Family family) {
    addrinfo hints{};
    hints.ai_family = family == Family::v4 ? AF_INET : family == Family::v6 ? AF_INET6 : AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (const int status = ::getaddrinfo(host.c_str(), nullptr, &hints, &list))
        return error_of(status);
    Addresses addresses;
    for (const auto* info = list; info; info = info->ai_next) {
        auto address = address_of(*info);
        if (std::ranges::find(addresses, address) == addresses.end())
            addresses.push_back(std::move(address));
    }
    ::freeaddrinfo(list);
    if (addresses.empty()) return error_code(asio::error::host_not_found);
    return addresses;
}

}  // namespace

awaitable<result<Addresses>> resolve(std::string host, Family family) {
    error_code not_literal;
    const auto literal = asio::ip::make_address(host, not_literal);
    if (!not_literal) {
        if (!fits(literal, family)) co_return error_code(asio::error::address_family_not_supported);
        co_return Addresses(1, literal);
    }
    auto job = [host = std::move(host), family] { return look_up(host, family); };
    co_return co_await offload(std::move(job));
}

}  // namespace nettool::net
