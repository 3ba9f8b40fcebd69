// epoll_echo [PORT]: the least a server can do, a bare epoll loop that writes back what it reads.
//
// Prints the port that it listens on: without PORT a free one.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

void watch(int poller, int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
}

int listen_on(std::uint16_t port) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
    return listen(listener, 511) == 0 ? listener : -1;
}

void print_port(int listener) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
}

void accept_one(int poller, int listener) {
    const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) return;
    const int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(poller, client);
}

void echo(int client) {
    std::array<char, 4096> buffer;
    const ssize_t size = recv(client, buffer.data(), buffer.size(), 0);
    if (size <= 0 || send(client, buffer.data(), size, MSG_NOSIGNAL) != size) close(client);
}

}  // namespace

int main(int argc, char** argv) {
    const int listener = listen_on(argc > 1 ? std::atoi(argv[1]) : 0);
    const int poller = epoll_create1(EPOLL_CLOEXEC);
    if (listener < 0 || poller < 0) return 1;
    watch(poller, listener);
    print_port(listener);
    std::array<epoll_event, 128> events;
    for (;;) {
        const int ready = epoll_wait(poller, events.data(), events.size(), -1);
        for (int i = 0; i < ready; ++i) {
            if (events[i].data.fd == listener)
                accept_one(poller, listener);
            else
                echo(events[i].data.fd);
        }
    }
}
