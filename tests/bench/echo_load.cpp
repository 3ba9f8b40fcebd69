// echo_load PORT CONNECTIONS MESSAGES SECONDS: ping-pong of 64 bytes over each connection.
//
// Says "ready" once every connection has had one answer and starts at a line on standard input, so
// that the server's CPU time can be read at both ends.  Stops at the count or at the time, prints
// one JSON object, and keeps the connections until standard input ends.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t message_size = 64;
constexpr timeval patience{5, 0};

const std::string message = std::string(message_size - 1, 'a') + '\n';

struct Peer {
    int descriptor = -1;
    std::size_t received = 0;
    Clock::time_point sent;
};

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

int connect_to(std::uint16_t port) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        die("connect");
    return descriptor;
}

void ask(Peer& peer) {
    peer.received = 0;
    peer.sent = Clock::now();
    if (send(peer.descriptor, message.data(), message_size, MSG_NOSIGNAL) != message_size)
        die("send");
}

/// Whether the whole answer is here; it must be the message, in either case.
bool answered(Peer& peer) {
    std::array<char, message_size> buffer;
    const ssize_t size = recv(peer.descriptor, buffer.data(), message_size - peer.received, 0);
    if (size <= 0) die("recv");
    for (ssize_t i = 0; i < size; ++i)
        if ((buffer[i] | 0x20) != (message[peer.received++] | 0x20)) die("a wrong answer");
    return peer.received == message_size;
}

class Load {
public:
    Load(std::uint16_t port, std::size_t connections) : peers_(connections) {
        for (std::size_t i = 0; i < connections; ++i) {
            peers_[i].descriptor = connect_to(port);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = i;
            epoll_ctl(poller_, EPOLL_CTL_ADD, peers_[i].descriptor, &event);
            ask(peers_[i]);
            while (!answered(peers_[i])) continue;
        }
    }

    void run(std::size_t messages, std::chrono::seconds limit) {
        latencies_.reserve(messages);
        const auto begin = Clock::now();
        std::size_t asked = 0;
        for (auto& peer : peers_)
            if (asked++ < messages) ask(peer);
        asked = std::min(asked, messages);
        while (latencies_.size() < asked) {
            const int ready = epoll_wait(poller_, events_.data(), events_.size(), 5000);
            if (ready <= 0) die("no answer");
            for (int i = 0; i < ready; ++i) {
                auto& peer = peers_[events_[i].data.u64];
                if (!answered(peer)) continue;
                const auto now = Clock::now();
                latencies_.push_back(
                    std::chrono::duration<float, std::micro>(now - peer.sent).count());
                if (asked == messages || now - begin > limit) continue;
                ask(peer);
                ++asked;
            }
        }
        seconds_ = std::chrono::duration<double>(Clock::now() - begin).count();
    }

    void report() {
        std::sort(latencies_.begin(), latencies_.end());
        std::printf(
            R"({"messages":%zu,"seconds":%.6f,"rate":%.0f,"p50":%.2f,"p90":%.2f,"p99":%.2f,"max":%.2f})"
            "\n",
            latencies_.size(), seconds_, static_cast<double>(latencies_.size()) / seconds_,
            quantile(0.5), quantile(0.9), quantile(0.99), quantile(1));
        std::fflush(stdout);
    }

private:
    double quantile(double part) const {
        if (latencies_.empty()) return 0;
        return latencies_[static_cast<std::size_t>(part *
                                                   static_cast<double>(latencies_.size() - 1))];
    }

    int poller_ = epoll_create1(0);
    std::vector<Peer> peers_;
    std::array<epoll_event, 128> events_;
    std::vector<float> latencies_;
    double seconds_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fputs("usage: echo_load PORT CONNECTIONS MESSAGES SECONDS\n", stderr);
        return 2;
    }
    Load load(std::atoi(argv[1]), std::atoi(argv[2]));
    std::puts("ready");
    std::fflush(stdout);
    if (std::getchar() == EOF) return 1;
    load.run(std::atoi(argv[3]), std::chrono::seconds(std::atoi(argv[4])));
    load.report();
    while (std::getchar() != EOF) continue;
}
