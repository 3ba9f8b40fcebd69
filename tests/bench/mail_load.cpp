// mail_load PORT SESSIONS MAILS SECONDS kept|each: sends mails of 1 KiB over so many sessions at a
// time, a command at a time; all mails of a session over one connection, or each over its own.
//
// Says "ready" once every session has been greeted and starts at a line on standard input, so that
// the server's CPU time can be read at both ends.  Stops at the count or at the time, and prints
// one JSON object.
#include <algorithm>
#include <array>
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

constexpr std::size_t mail_size = 1024;

// What is said, in this order, and the first digit of what must be answered.
enum Step : std::size_t { greeting, hello, from, to, data, body, quit, steps };

std::string mail() {
    std::string text = "From: <a@bench.example>\r\nTo: <b@bench.example>\r\nSubject: load\r\n\r\n";
    while (text.size() + 78 <= mail_size) text += std::string(76, 'x') + "\r\n";
    if (text.size() + 2 < mail_size) text += std::string(mail_size - text.size() - 2, 'y') + "\r\n";
    return text + ".\r\n";
}

const std::array<std::string, steps> said = {"",
                                             "EHLO bench.example\r\n",
                                             "MAIL FROM:<a@bench.example>\r\n",
                                             "RCPT TO:<b@bench.example>\r\n",
                                             "DATA\r\n",
                                             mail(),
                                             "QUIT\r\n"};
constexpr std::array<char, steps> expected = {'2', '2', '2', '2', '3', '2', '2'};

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct Session {
    int descriptor = -1;
    Step step = greeting;
    std::string reply;
    Clock::time_point begun;
};

class Load {
public:
    Load(std::uint16_t port, std::size_t sessions, bool keeps)
        : port_(port), keeps_(keeps), sessions_(sessions) {
        for (std::size_t i = 0; i < sessions; ++i) {
            open(i);
            while (!answered(sessions_[i])) continue;
        }
    }

    void run(std::size_t mails, std::chrono::seconds limit) {
        mails_ = mails;
        begin_ = Clock::now();
        end_ = begin_ + limit;
        for (std::size_t i = 0; i < sessions_.size(); ++i) go_on(i);
        while (open_ > 0) {
            const int ready = epoll_wait(poller_, events_.data(), events_.size(), 30'000);
            if (ready <= 0) die("no answer");
            for (int i = 0; i < ready; ++i) {
                const auto index = events_[i].data.u64;
                if (answered(sessions_[index])) go_on(index);
            }
        }
        seconds_ = std::chrono::duration<double>(last_ - begin_).count();
    }

    void report() {
        std::sort(latencies_.begin(), latencies_.end());
        const auto count = latencies_.size();
        const auto quantile = [&](double part) {
            return count ? latencies_[static_cast<std::size_t>(part * (count - 1.0))] : 0;
        };
        std::printf(R"({"messages":%zu,"seconds":%.6f,"rate":%.0f,"p50":%.2f,"p99":%.2f})"
                    "\n",
                    count, seconds_, static_cast<double>(count) / seconds_, quantile(0.5),
                    quantile(0.99));
        std::fflush(stdout);
    }

private:
    void open(std::size_t index) {
        auto& session = sessions_[index];
        session = {};
        session.descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        setsockopt(session.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(session.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            die("connect");
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = index;
        epoll_ctl(poller_, EPOLL_CTL_ADD, session.descriptor, &event);
        ++open_;
    }

    /// Whether the last line of a reply is here; it must be the one that is expected.
    static bool answered(Session& session) {
        std::array<char, 4096> buffer;
        const ssize_t size = recv(session.descriptor, buffer.data(), buffer.size(), 0);
        if (size <= 0) die("recv");
        session.reply.append(buffer.data(), static_cast<std::size_t>(size));
        if (!session.reply.ends_with('\n')) return false;
        const auto before = session.reply.rfind('\n', session.reply.size() - 2);
        const auto last = session.reply.substr(before + 1);
        if (last.size() > 3 && last[3] == '-') return false;
        if (last[0] != expected[session.step]) {
            std::fprintf(stderr, "unexpected: %s", last.c_str());
            std::exit(1);
        }
        session.reply.clear();
        return true;
    }

    void say(Session& session, Step step) {
        session.step = step;
        const auto& text = said[step];
        if (send(session.descriptor, text.data(), text.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(text.size()))
            die("send");
    }

    bool enough() const { return begun_ == mails_ || Clock::now() > end_; }

    /// What comes behind the answer that has just been read.
    void go_on(std::size_t index) {
        auto& session = sessions_[index];
        if (session.step == body) {
            last_ = Clock::now();
            latencies_.push_back(
                std::chrono::duration<float, std::micro>(last_ - session.begun).count());
        }
        const bool mail_is_next = session.step == hello || (session.step == body && keeps_);
        if (session.step == quit) return close(index);
        if (session.step == body && !keeps_) return say(session, quit);
        if (mail_is_next) {
            if (enough()) return say(session, quit);
            ++begun_;
            session.begun = Clock::now();
            return say(session, from);
        }
        say(session, static_cast<Step>(session.step + 1));
    }

    void close(std::size_t index) {
        ::close(sessions_[index].descriptor);
        --open_;
        if (!keeps_ && !enough()) open(index);
    }

    int poller_ = epoll_create1(EPOLL_CLOEXEC);
    std::uint16_t port_;
    bool keeps_;
    std::vector<Session> sessions_;
    std::array<epoll_event, 128> events_;
    std::vector<float> latencies_;
    std::size_t mails_ = 0, begun_ = 0, open_ = 0;
    Clock::time_point begin_, end_, last_;
    double seconds_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fputs("usage: mail_load PORT SESSIONS MAILS SECONDS kept|each\n", stderr);
        return 2;
    }
    Load load(std::atoi(argv[1]), std::atoi(argv[2]), std::string_view(argv[5]) == "kept");
    std::puts("ready");
    std::fflush(stdout);
    if (std::getchar() == EOF) return 1;
    load.run(std::atoi(argv[3]), std::chrono::seconds(std::atoi(argv[4])));
    load.report();
    while (std::getchar() != EOF) continue;
}
