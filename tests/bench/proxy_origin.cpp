// proxy_origin PORT: the server behind the proxies that are measured, as cheap as it can be.
//
// GET /SIZE is answered with so many bytes; GET /SIZE?close with a connection that ends behind
// them; GET /events/COUNT with so many events, one each 10 ms, that say when they were sent
// (nanoseconds of the monotonic clock).  Connections are kept, and whatever else a request says is
// ignored.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr int event_distance_ms = 10;
constexpr std::size_t small = 64 * 1024;
constexpr std::size_t piece = 1 << 20;
constexpr std::size_t file_size = 128 << 20;
constexpr std::string_view common = "Date: Sun, 29 Nov 2026 12:00:00 GMT\r\nServer: origin\r\n";

const std::string block(small, 'x');

struct Peer {
    int descriptor = -1;
    std::string request;
    std::size_t body_left = 0;
    std::size_t events_left = 0;
    bool closes = false;
    bool waits = false;  // until more can be written
};

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

std::size_t number(std::string_view text) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string head_of(std::size_t size, bool closes) {
    return "HTTP/1.1 200 OK\r\n" + std::string(common) + "Content-Type: text/plain\r\n" +
           (closes ? "Connection: close\r\n" : "") + "Content-Length: " + std::to_string(size) +
           "\r\n\r\n";
}

std::string event_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto data = "data: " + std::to_string(now.tv_sec * 1'000'000'000 + now.tv_nsec) + "\n\n";
    std::array<char, 16> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
    return size.data() + data + "\r\n";
}

/// What long bodies are made of: more than the caches of a processor hold, as it is with files.
int large_file() {
    const int file = memfd_create("body", MFD_CLOEXEC);
    for (std::size_t size = 0; size < file_size; size += block.size())
        if (write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()))
            die("write");
    return file;
}

class Origin {
public:
    explicit Origin(std::uint16_t port) {
        const int on = 1;
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            die("bind");
        if (listen(listener_, 4096) != 0) die("listen");
        watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
    }

    void run() {
        for (;;) {
            const int ready = epoll_wait(poller_, found_.data(), found_.size(),
                                         listening_.empty() ? -1 : event_distance_ms);
            if (ready < 0) die("epoll_wait");
            if (ready == 0) send_events();
            for (int i = 0; i < ready; ++i) {
                if (found_[i].data.fd == listener_)
                    accept_all();
                else
                    go_on(peers_[found_[i].data.fd], found_[i].events);
            }
        }
    }

private:
    void watch(int what, int descriptor, std::uint32_t events) const {
        epoll_event event{};
        event.events = events;
        event.data.fd = descriptor;
        epoll_ctl(poller_, what, descriptor, &event);
    }

    void accept_all() {
        for (;;) {
            const int descriptor =
                accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (descriptor < 0) return;
            const int on = 1;
            setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            if (peers_.size() <= static_cast<std::size_t>(descriptor))
                peers_.resize(descriptor + 1);
            peers_[descriptor] = {};
            peers_[descriptor].descriptor = descriptor;
            watch(EPOLL_CTL_ADD, descriptor, EPOLLIN);
        }
    }

    void close(Peer& peer) {
        std::erase(listening_, peer.descriptor);
        ::close(peer.descriptor);
        peer = {};
    }

    void go_on(Peer& peer, std::uint32_t events) {
        if (events & EPOLLOUT) write_body(peer);
        if (peer.descriptor < 0 || !(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
        std::array<char, 16384> buffer;
        const ssize_t size = recv(peer.descriptor, buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == EAGAIN) return;  // the event was of a connection before this one
        if (size <= 0) return close(peer);
        const std::string_view got(buffer.data(), static_cast<std::size_t>(size));
        // Nearly always one whole request.
        if (peer.request.empty() && got.find("\r\n\r\n") == got.size() - 4)
            return answer(peer, got);
        peer.request += got;
        for (std::size_t end; (end = peer.request.find("\r\n\r\n")) != std::string::npos;) {
            const auto request = peer.request.substr(0, end + 4);
            peer.request.erase(0, end + 4);
            answer(peer, request);
            if (peer.descriptor < 0) return;
        }
    }

    void answer(Peer& peer, std::string_view request) {
        const auto line = request.substr(0, request.find('\r'));
        const auto path = line.substr(line.find('/'), line.rfind(' ') - line.find('/'));
        if (path.starts_with("/events/")) return begin_events(peer, number(path.substr(8)));
        const auto size = number(path.substr(1));
        peer.closes = path.ends_with("?close");
        if (size != prepared_size_ || peer.closes != prepared_closes_) prepare(size, peer.closes);
        if (send(peer.descriptor, prepared_.data(), prepared_.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(prepared_.size()))
            return close(peer);
        peer.body_left = size < small ? 0 : size;
        write_body(peer);
    }

    /// The response, or its head alone when the body is long.
    void prepare(std::size_t size, bool closes) {
        prepared_ = head_of(size, closes);
        if (size < small) prepared_ += block.substr(0, size);
        prepared_size_ = size;
        prepared_closes_ = closes;
    }

    void write_body(Peer& peer) {
        while (peer.body_left > 0) {
            auto at = static_cast<off_t>(peer.body_left % file_size);
            const auto part = std::min(peer.body_left, file_size - at);
            const auto sent = sendfile(peer.descriptor, file_, &at, std::min(part, piece));
            if (sent < 0 && errno == EAGAIN) return wait_to_write(peer, true);
            if (sent < 0) return close(peer);
            peer.body_left -= static_cast<std::size_t>(sent);
        }
        wait_to_write(peer, false);
        if (peer.closes) close(peer);
    }

    void wait_to_write(Peer& peer, bool waits) const {
        if (peer.waits == waits) return;
        peer.waits = waits;
        watch(EPOLL_CTL_MOD, peer.descriptor, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }

    void begin_events(Peer& peer, std::size_t count) {
        const auto head = "HTTP/1.1 200 OK\r\n" + std::string(common) +
                          "Content-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n";
        peer.events_left = count;
        listening_.push_back(peer.descriptor);
        send(peer.descriptor, head.data(), head.size(), MSG_NOSIGNAL);
    }

    void send_events() {
        for (const int descriptor : std::vector(listening_)) {
            const auto event = peers_[descriptor].events_left > 0 ? event_now() : "0\r\n\r\n";
            send(descriptor, event.data(), event.size(), MSG_NOSIGNAL);
            if (peers_[descriptor].events_left-- == 0) std::erase(listening_, descriptor);
        }
    }

    int poller_ = epoll_create1(EPOLL_CLOEXEC);
    int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int file_ = large_file();
    std::vector<Peer> peers_;     // by descriptor
    std::vector<int> listening_;  // to events
    std::array<epoll_event, 256> found_;
    std::string prepared_;
    std::size_t prepared_size_ = SIZE_MAX;
    bool prepared_closes_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: proxy_origin PORT\n", stderr);
        return 2;
    }
    Origin(static_cast<std::uint16_t>(std::atoi(argv[1]))).run();
}
