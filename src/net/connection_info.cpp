#include "nettool/net/connection_info.hpp"

#include "kernel_rtt.hpp"
#include "stream_state.hpp"

#include <array>

#include <unistd.h>

namespace nettool::net {
namespace {

int option_of(int socket, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

std::string family_name(int family) {
    switch (family) {
        case AF_INET: return "AF_INET";
        case AF_INET6: return "AF_INET6";
        case AF_UNIX: return "AF_UNIX";
        default: return std::to_string(family);
    }
}

std::string own_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

ConnectionInfo Stream::info() const {
    const int socket = state_->socket().native_handle();
    ConnectionInfo info;
    info.host_name = own_name();
    info.local = flow().local;
    info.peer = flow().peer;
    info.family = family_name(option_of(socket, SO_DOMAIN));
    info.type = option_of(socket, SO_TYPE) == SOCK_STREAM ? "SOCK_STREAM" : "other";
    info.protocol = option_of(socket, SO_PROTOCOL) == IPPROTO_TCP ? "TCP" : "none";
    if (is_tls()) info.protocol = "TLS over " + info.protocol;
    if (const auto rtt = kernel_rtt(socket)) {
        info.smoothed_rtt = rtt->smoothed;
        info.least_rtt = rtt->least;
    }
    return info;
}

}  // namespace nettool::net
