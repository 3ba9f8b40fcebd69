#include "nettool/net/resolver.hpp"

#include "nettool/net/offload.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>
#include <memory>

#include <netdb.h>
#include <unistd.h>

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

using List = std::unique_ptr<addrinfo, decltype([](addrinfo* list) { ::freeaddrinfo(list); })>;

result<List> look_up(const std::string& host, Family family, int flags) {
    addrinfo hints{};
    hints.ai_family = family == Family::v4 ? AF_INET : family == Family::v6 ? AF_INET6 : AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* list = nullptr;
    if (const int status = ::getaddrinfo(host.c_str(), nullptr, &hints, &list))
        return error_of(status);
    return List(list);
}

result<Addresses> addresses_of(const std::string& host, Family family) {
    const auto list = look_up(host, family, 0);
    if (!list) return list.error();
    Addresses addresses;
    for (const auto* info = list->get(); info; info = info->ai_next) {
        auto address = address_of(*info);
        if (std::ranges::find(addresses, address) == addresses.end())
            addresses.push_back(std::move(address));
    }
    if (addresses.empty()) return error_code(asio::error::host_not_found);
    return addresses;
}

result<std::string> name_of_now(const asio::ip::address& address) {
    const asio::ip::tcp::endpoint endpoint(address, 0);
    std::array<char, NI_MAXHOST> name;
    const int status = ::getnameinfo(endpoint.data(), static_cast<socklen_t>(endpoint.size()),
                                     name.data(), name.size(), nullptr, 0, NI_NAMEREQD);
    if (status != 0) return error_of(status);
    return std::string(name.data());
}

// As Python's getfqdn() has it: the first of all these names that has a domain.
result<std::string> full_name_now(const std::string& host, Family family) {
    const auto list = look_up(host, family, AI_CANONNAME);
    if (!list) return list.error();
    const auto& first = **list;
    const std::string canonical = first.ai_canonname ? first.ai_canonname : host;
    error_code not_literal;
    asio::ip::make_address(canonical, not_literal);
    if (not_literal && canonical.find('.') != canonical.npos) return canonical;
    for (const auto* info = &first; info; info = info->ai_next)
        if (auto name = name_of_now(address_of(*info)); name && name->find('.') != name->npos)
            return name;
    return canonical;
}

void find_service(const std::string& word, const char* protocol, std::vector<Service>& services) {
    std::uint16_t port = 0;
    const auto end = word.data() + word.size();
    const auto [rest, status] = std::from_chars(word.data(), end, port);
    const bool is_port = status == std::errc{} && rest == end;
    servent entry{};
    servent* found = nullptr;
    std::array<char, 4096> room;
    if (is_port)
        ::getservbyport_r(htons(port), protocol, &entry, room.data(), room.size(), &found);
    else
        ::getservbyname_r(word.c_str(), protocol, &entry, room.data(), room.size(), &found);
    if (!found) return;
    services.push_back(
        {found->s_name, ntohs(static_cast<std::uint16_t>(found->s_port)), found->s_proto});
}

}  // namespace

awaitable<result<Addresses>> resolve(std::string host, Family family) {
    error_code not_literal;
    const auto literal = asio::ip::make_address(host, not_literal);
    if (!not_literal) {
        if (!fits(literal, family)) co_return error_code(asio::error::address_family_not_supported);
        co_return Addresses(1, literal);
    }
    auto job = [host = std::move(host), family] { return addresses_of(host, family); };
    co_return co_await offload(std::move(job), Work::names);
}

awaitable<result<std::string>> full_name(std::string host, Family family) {
    auto job = [host = std::move(host), family] { return full_name_now(host, family); };
    co_return co_await offload(std::move(job), Work::names);
}

awaitable<result<std::string>> name_of(asio::ip::address address) {
    auto job = [address] { return name_of_now(address); };
    co_return co_await offload(std::move(job), Work::names);
}

std::string own_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

awaitable<std::vector<Service>> services_of(std::string name_or_port) {
    auto job = [word = std::move(name_or_port)] {
        std::vector<Service> services;
        for (const char* protocol : {"tcp", "udp"}) find_service(word, protocol, services);
        return services;
    };
    co_return co_await offload(std::move(job), Work::names);
}

}  // namespace nettool::net
