// udp_load serve | udp_load PORT MESSAGES: 64 bytes over UDP to and fro, in lock-step, blocking.
//
// As server it is the limit: it does nothing but echo.  As client it prints one JSON object with
// the round trips.  No two messages are alike, for a server may take that for a loop.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t message_size = 64;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void serve(int descriptor) {
    auto address = loopback(0);
    if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("bind");
    socklen_t size = sizeof address;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    std::array<char, 2048> buffer;
    for (;;) {
        size = sizeof address;
        const auto n = recvfrom(descriptor, buffer.data(), buffer.size(), 0,
                                reinterpret_cast<sockaddr*>(&address), &size);
        if (n < 0) die("recvfrom");
        sendto(descriptor, buffer.data(), static_cast<std::size_t>(n), 0,
               reinterpret_cast<sockaddr*>(&address), size);
    }
}

void ask(int descriptor, int port, std::size_t messages) {
    const auto address = loopback(port);
    const timeval patience{2, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::vector<float> latencies;
    std::array<char, message_size + 1> message{};
    std::array<char, 2048> answer;
    for (std::size_t i = 0; i < messages; ++i) {
        std::snprintf(message.data(), message.size(), "%064zu", i);
        const auto begin = Clock::now();
        sendto(descriptor, message.data(), message_size, 0,
               reinterpret_cast<const sockaddr*>(&address), sizeof address);
        const auto n = recv(descriptor, answer.data(), answer.size(), 0);
        if (n != message_size || std::memcmp(answer.data(), message.data(), message_size) != 0)
            die("a wrong answer");
        latencies.push_back(std::chrono::duration<float, std::micro>(Clock::now() - begin).count());
    }
    std::sort(latencies.begin(), latencies.end());
    std::printf("{\"p50\":%.2f,\"p99\":%.2f}\n", latencies[messages / 2],
                latencies[messages * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
    const int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    if (argc == 2 && std::strcmp(argv[1], "serve") == 0) serve(descriptor);
    if (argc != 3) return 2;
    ask(descriptor, std::atoi(argv[1]), std::strtoul(argv[2], nullptr, 10));
}
