// proxy_load PROXY ORIGIN absolute|tunnel|direct kept|each SIZE CONNECTIONS COUNT SECONDS: asks
// proxy_origin for so many bytes, so often, through the proxy on port PROXY, a request at a time on
// each connection; "direct" speaks to the proxy as if it were the origin.
//
// Says "ready" once every connection has had an answer of 64 bytes and starts at a line on standard
// input, so that the CPU time of the proxy can be read at both ends.  Stops at the count or at the
// time, prints one JSON object, and keeps the connections until standard input ends.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t small = 64 * 1024;
constexpr std::size_t piece = 1 << 20;
constexpr std::size_t first_size = 64;

[[noreturn]] void die(std::string_view what, std::string_view text) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
                 static_cast<int>(text.size()), text.data());
    std::exit(1);
}

struct Work {
    std::uint16_t proxy = 0;
    std::string origin;
    bool absolute = false, tunnel = false, kept = true;
    std::size_t size = 0, count = 0;

    std::string request(std::size_t bytes) const {
        return "GET " + (absolute ? "http://" + origin : "") + "/" + std::to_string(bytes) +
               (kept ? "" : "?close") + " HTTP/1.1\r\nHost: " + origin +
               "\r\nUser-Agent: proxy_load\r\nAccept: */*\r\n" +
               (kept ? "" : "Connection: close\r\n") + "\r\n";
    }

    std::string connect() const {
        return "CONNECT " + origin + " HTTP/1.1\r\nHost: " + origin + "\r\n\r\n";
    }
};

struct Peer {
    int descriptor = -1;
    std::string head;
    std::size_t body_left = 0;
    bool in_body = false, closes = false, fresh = true;
    Clock::time_point begun;
};

int connect_to(std::uint16_t port) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    const timeval patience{10, 0};
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        die("connect", "failed");
    return descriptor;
}

void say(const Peer& peer, std::string_view text) {
    if (send(peer.descriptor, text.data(), text.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text.size()))
        die("send", text);
}

/// The rest of the line behind this name in a head, whose names may be written in any way.
std::string_view field(std::string_view head, std::string_view name) {
    const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    const auto at = std::search(head.begin(), head.end(), name.begin(), name.end(), same);
    if (at == head.end()) return {};
    const auto rest = head.substr(static_cast<std::size_t>(at - head.begin()) + name.size());
    return rest.substr(0, rest.find('\r'));
}

/// What the head says of the connection and the body; what is here of the body is counted.
void begin_body(Peer& peer, std::size_t end) {
    const auto head = std::string_view(peer.head).substr(0, end);
    if (head.substr(0, 7) != "HTTP/1." || head.substr(8, 4) != " 200") die("unexpected", head);
    auto length = field(head, "\nContent-Length: ");
    const auto connection = field(head, "\nConnection: ");
    peer.closes = connection == "close" || (head[7] == '0' && connection.empty());
    const auto [last, ec] =
        std::from_chars(length.data(), length.data() + length.size(), peer.body_left);
    if (ec != std::errc()) die("no length", head);
    const auto here = peer.head.size() - end;
    if (here > peer.body_left) die("too long", peer.head);
    peer.body_left -= here;
    peer.in_body = true;
}

enum class Progress { more, done, closed };

/// Reads once what is there.
Progress read_some(Peer& peer) {
    static std::array<char, small> buffer;
    const bool skips = peer.in_body && peer.body_left > small;
    const auto room = peer.in_body ? std::min(small, peer.body_left) : small;
    // Long bodies are thrown away in the kernel, so that the load does not become the limit.
    const auto size =
        skips ? recv(peer.descriptor, buffer.data(), std::min(piece, peer.body_left), MSG_TRUNC)
              : recv(peer.descriptor, buffer.data(), room, 0);
    if (size <= 0) {
        if (peer.head.empty() && !peer.fresh) return Progress::closed;
        die("recv", peer.head);
    }
    if (peer.in_body) {
        peer.body_left -= static_cast<std::size_t>(size);
    } else {
        peer.head.append(buffer.data(), static_cast<std::size_t>(size));
        const auto end = peer.head.find("\r\n\r\n");
        if (end == std::string::npos) return Progress::more;
        begin_body(peer, end + 4);
    }
    return peer.body_left == 0 ? Progress::done : Progress::more;
}

class Load {
public:
    Load(Work work, std::size_t connections) : work_(std::move(work)), peers_(connections) {
        request_ = work_.request(work_.size);
        for (std::size_t i = 0; i < connections; ++i) {
            open(i);
            ask(peers_[i], work_.request(first_size));
            while (read_some(peers_[i]) != Progress::done) continue;
            peers_[i].fresh = false;
        }
    }

    void run(std::chrono::seconds limit) {
        const auto begin = Clock::now();
        end_ = begin + limit;
        for (std::size_t i = 0; i < peers_.size(); ++i) next(i);
        while (latencies_.size() < asked_) {
            const int ready = epoll_wait(poller_, events_.data(), events_.size(), 30'000);
            if (ready <= 0) die("no answer", "");
            for (int i = 0; i < ready; ++i) go_on(events_[i].data.u64);
        }
        seconds_ = std::chrono::duration<double>(Clock::now() - begin).count();
    }

    void report() {
        std::sort(latencies_.begin(), latencies_.end());
        const auto count = latencies_.size();
        const auto quantile = [&](double part) {
            return count ? latencies_[static_cast<std::size_t>(part * (count - 1.0))] : 0;
        };
        std::printf(R"({"messages":%zu,"seconds":%.6f,"rate":%.0f,"p50":%.2f,"p99":%.2f,)"
                    R"("opened":%zu})"
                    "\n",
                    count, seconds_, static_cast<double>(count) / seconds_, quantile(0.5),
                    quantile(0.99), opened_);
        std::fflush(stdout);
    }

private:
    void open(std::size_t index) {
        auto& peer = peers_[index];
        if (peer.descriptor >= 0) ::close(peer.descriptor);
        peer = {};
        peer.descriptor = connect_to(work_.proxy);
        ++opened_;
        if (work_.tunnel) open_tunnel(peer);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = index;
        epoll_ctl(poller_, EPOLL_CTL_ADD, peer.descriptor, &event);
    }

    void open_tunnel(const Peer& peer) const {
        say(peer, work_.connect());
        std::string answer;
        while (!answer.ends_with("\r\n\r\n")) {
            char one = 0;  // what the origin says is not behind it yet, but nothing must get lost
            if (recv(peer.descriptor, &one, 1, 0) != 1) die("no tunnel", answer);
            answer += one;
        }
        if (answer.find(" 200") != 8) die("no tunnel", answer);
    }

    static void ask(Peer& peer, std::string_view request) {
        peer.head.clear();
        peer.body_left = 0;
        peer.in_body = false;
        say(peer, request);
    }

    /// The next request on this connection, or on another one in its place.
    void next(std::size_t index) {
        if (asked_ == work_.count || Clock::now() > end_) {
            // What the proxy does with it from now on is of no interest.
            epoll_ctl(poller_, EPOLL_CTL_DEL, peers_[index].descriptor, nullptr);
            return;
        }
        ++asked_;
        if (!work_.kept || peers_[index].closes) open(index);
        peers_[index].begun = Clock::now();
        ask(peers_[index], request_);
    }

    void go_on(std::size_t index) {
        auto& peer = peers_[index];
        const auto progress = read_some(peer);
        if (progress == Progress::more) return;
        if (progress == Progress::closed) {
            const auto begun = peer.begun;
            open(index);
            peer.begun = begun;
            return ask(peer, request_);
        }
        peer.fresh = false;
        latencies_.push_back(
            std::chrono::duration<float, std::micro>(Clock::now() - peer.begun).count());
        next(index);
    }

    Work work_;
    std::string request_;
    int poller_ = epoll_create1(EPOLL_CLOEXEC);
    std::vector<Peer> peers_;
    std::array<epoll_event, 128> events_;
    std::vector<float> latencies_;
    std::size_t asked_ = 0, opened_ = 0;
    Clock::time_point end_;
    double seconds_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 9) {
        std::fputs(
            "usage: proxy_load PROXY ORIGIN absolute|tunnel|direct kept|each SIZE "
            "CONNECTIONS COUNT SECONDS\n",
            stderr);
        return 2;
    }
    Work work;
    work.proxy = static_cast<std::uint16_t>(std::atoi(argv[1]));
    work.origin = std::string("127.0.0.1:") + argv[2];
    work.absolute = argv[3] == std::string_view("absolute");
    work.tunnel = argv[3] == std::string_view("tunnel");
    work.kept = argv[4] == std::string_view("kept");
    work.size = std::strtoull(argv[5], nullptr, 10);
    work.count = std::strtoull(argv[7], nullptr, 10);
    Load load(work, std::strtoull(argv[6], nullptr, 10));
    std::puts("ready");
    std::fflush(stdout);
    if (std::getchar() == EOF) return 1;
    load.run(std::chrono::seconds(std::atoi(argv[8])));
    load.report();
    while (std::getchar() != EOF) continue;
}
