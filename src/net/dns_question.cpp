#include "nettool/net/dns_question.hpp"

#include "nettool/net/offload.hpp"

#include <boost/asio/error.hpp>

#include <array>

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

namespace nettool::net {
namespace {

// The resolver's state, with the one server that is to be asked, if there is one.
class Resolver {
public:
    explicit Resolver(const std::optional<Endpoint>& server) {
        good_ = ::res_ninit(&state_) == 0;
        if (!good_ || !server) return;
        auto& address = state_.nsaddr_list[0];
        address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(server->port);
        good_ = ::inet_pton(AF_INET, server->host.c_str(), &address.sin_addr) == 1;
        state_.nscount = 1;
    }
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    ~Resolver() { ::res_nclose(&state_); }

    result<std::string> ask(const std::string& name, DnsType type) {
        if (!good_) return asio::error::invalid_argument;
        std::array<unsigned char, NS_PACKETSZ> question;
        const int size =
            ::res_nmkquery(&state_, ns_o_query, name.c_str(), ns_c_in, static_cast<int>(type),
                           nullptr, 0, nullptr, question.data(), question.size());
        if (size < 0) return asio::error::host_not_found;  // no name at all
        std::string answer(NS_MAXMSG, '\0');
        errno = 0;
        const int got = ::res_nsend(&state_, question.data(), size,
                                    reinterpret_cast<unsigned char*>(answer.data()),
                                    static_cast<int>(answer.size()));
        if (got < 0) return errno != 0 ? last_error() : asio::error::host_not_found_try_again;
        answer.resize(std::min(static_cast<std::size_t>(got), answer.size()));
        return answer;
    }

private:
    struct __res_state state_ {};
    bool good_;
};

}  // namespace

awaitable<result<std::string>> ask_dns(std::string name, DnsType type,
                                       std::optional<Endpoint> server) {
    auto job = [name = std::move(name), type, server = std::move(server)] {
        return Resolver(server).ask(name, type);
    };
    co_return co_await offload(std::move(job), Work::names);
}

}  // namespace nettool::net
