// chat_load PORT CLIENTS LINES plain|nettool|irc: one of the clients says many lines, all others
// hear them.
//
// Says "ready" once everybody is in the room and starts at a line on standard input.  Prints one
// JSON object with the lines that were heard; keeps the connections until standard input ends.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t window = 500;  // lines that are said and not yet heard

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

/// What has to be said to be in the room, to say a line, and what everybody hears of one.
struct Dialect {
    std::string_view hello, welcome, before, mark;
};

Dialect dialect_of(std::string_view name) {
    if (name == "nettool") return {"c%d\n", "Welcome, ", "", ": line"};
    if (name == "irc")
        return {"NICK c%d\r\nUSER c 0 * :c\r\nJOIN #room\r\n", " 366 ",
                "PRIVMSG #room :", "PRIVMSG #room :line"};
    // ncat puts its prefix before what it has read, wherever that begins.
    return {"", "", "", "\n"};
}

struct Peer {
    int descriptor = -1;
    std::string tail;  // the beginning of a mark may be at the end of what came
};

class Load {
public:
    Load(int port, std::size_t clients, Dialect dialect) : peers_(clients), dialect_(dialect) {
        for (std::size_t i = 0; i < clients; ++i) join(port, i);
    }

    std::size_t run(std::size_t lines) {
        const auto wanted = lines * (peers_.size() - 1);
        std::string all;
        std::vector<std::size_t> begins;
        for (std::size_t i = 0; i < lines; ++i) {
            begins.push_back(all.size());
            all.append(dialect_.before).append("line ").append(std::to_string(i));
            all += " of what one of us has to say\r\n";
        }
        const auto begin = Clock::now();
        begins.push_back(all.size());
        std::size_t heard = 0, said = 0;
        while (heard < wanted && Clock::now() - begin < std::chrono::seconds(30)) {
            // Servers that lose what does not fit into a socket shall lose nothing.
            const auto allowed = std::min(lines, heard / (peers_.size() - 1) + window);
            said += say(std::string_view(all).substr(said, begins[allowed] - said));
            const int ready = epoll_wait(poller_, events_.data(), events_.size(), 100);
            for (int i = 0; i < ready; ++i) heard += hear(peers_[events_[i].data.u64]);
        }
        seconds_ = std::chrono::duration<double>(Clock::now() - begin).count();
        return heard;
    }

    double seconds() const { return seconds_; }

private:
    void join(int port, std::size_t i) {
        auto& peer = peers_[i];
        peer.descriptor = socket(AF_INET, SOCK_STREAM, 0);
        const timeval patience{5, 0};
        setsockopt(peer.descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(peer.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            die("connect");
        if (!dialect_.hello.empty()) {
            std::array<char, 200> hello;
            const int size = std::snprintf(hello.data(), hello.size(), dialect_.hello.data(), i);
            send(peer.descriptor, hello.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
            std::string heard;
            while (heard.find(dialect_.welcome) == heard.npos) {
                const auto n = recv(peer.descriptor, buffer_.data(), buffer_.size(), 0);
                if (n <= 0) die("join");
                heard.append(buffer_.data(), static_cast<std::size_t>(n));
            }
        }
        fcntl(peer.descriptor, F_SETFL, O_NONBLOCK);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        epoll_ctl(poller_, EPOLL_CTL_ADD, peer.descriptor, &event);
    }

    std::size_t say(std::string_view left) {
        constexpr std::size_t at_once = 16UL * 1024;
        if (left.empty()) return 0;
        const auto n =
            send(peers_[0].descriptor, left.data(), std::min(left.size(), at_once), MSG_NOSIGNAL);
        return n > 0 ? static_cast<std::size_t>(n) : 0;
    }

    std::size_t hear(Peer& peer) {
        const auto n = recv(peer.descriptor, buffer_.data(), buffer_.size(), 0);
        if (n <= 0) {
            if (n == 0) die("closed");
            return 0;
        }
        std::string text = peer.tail + std::string(buffer_.data(), static_cast<std::size_t>(n));
        std::size_t heard = 0, end = 0;
        for (auto at = text.find(dialect_.mark); at != text.npos;
             at = text.find(dialect_.mark, end)) {
            ++heard;
            end = at + dialect_.mark.size();
        }
        const auto kept = std::min(text.size() - end, dialect_.mark.size() - 1);
        peer.tail = text.substr(text.size() - kept);
        return heard;
    }

    int poller_ = epoll_create1(0);
    std::vector<Peer> peers_;
    Dialect dialect_;
    std::array<epoll_event, 256> events_;
    std::array<char, 256 * 1024> buffer_;
    double seconds_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    static Load load(std::atoi(argv[1]), std::strtoul(argv[2], nullptr, 10), dialect_of(argv[4]));
    std::puts("ready");
    std::fflush(stdout);
    if (std::getchar() == EOF) return 1;
    const auto heard = load.run(std::strtoul(argv[3], nullptr, 10));
    std::printf("{\"messages\":%zu,\"seconds\":%.6f,\"rate\":%.0f}\n", heard, load.seconds(),
                static_cast<double>(heard) / load.seconds());
    std::fflush(stdout);
    while (std::getchar() != EOF) continue;
}
