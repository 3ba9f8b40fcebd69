#include "support/scripted_smtp.hpp"

#include "nettool/net/tls.hpp"

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace nettool::test {

// A blocking connection that gives up after a while, plain or over TLS.
class ScriptedSmtp::Connection {
public:
    explicit Connection(int descriptor) : descriptor_(descriptor) {
        const timeval patience{20, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        if (ssl_) ::SSL_shutdown(ssl_.get());
        ssl_.reset();
        ::close(descriptor_);
    }

    bool shake_hands() {
        context_ = net::server_tls({}, {}).context;
        ssl_.reset(::SSL_new(context_->native_handle()));
        ::SSL_set_fd(ssl_.get(), descriptor_);
        held_.clear();
        return ::SSL_accept(ssl_.get()) == 1;
    }

    void say(std::string_view text) {
        if (ssl_)
            ::SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
        else
            (void)::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
    }

    // With its line end; empty at the end.
    std::string line() {
        for (;;) {
            const auto end = held_.find('\n');
            if (end != held_.npos) {
                auto line = held_.substr(0, end + 1);
                held_.erase(0, end + 1);
                return line;
            }
            std::array<char, 4096> buffer;
            const auto n = ssl_ ? ::SSL_read(ssl_.get(), buffer.data(), buffer.size())
                                : ::recv(descriptor_, buffer.data(), buffer.size(), 0);
            if (n <= 0) return {};
            held_.append(buffer.data(), static_cast<std::size_t>(n));
        }
    }

private:
    struct Free {
        void operator()(SSL* ssl) const { ::SSL_free(ssl); }
    };
    int descriptor_;
    net::TlsContext context_;
    std::unique_ptr<SSL, Free> ssl_;
    std::string held_;
};

ScriptedSmtp::ScriptedSmtp(std::vector<Script> scripts, bool tls)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 16) != 0)
        throw std::runtime_error("cannot listen");
    ::getsockname(listener_, any, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, scripts = std::move(scripts), tls] { run(scripts, tls); });
}

ScriptedSmtp::~ScriptedSmtp() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

void ScriptedSmtp::run(const std::vector<Script>& scripts, bool tls) {
    for (const auto& script : scripts) {
        const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0) return;
        {
            const std::lock_guard lock(mutex_);
            commands_.emplace_back();
        }
        serve(descriptor, script, tls);
    }
}

void ScriptedSmtp::serve(int descriptor, const Script& script, bool tls) {
    Connection connection(descriptor);
    if (tls && !connection.shake_hands()) return;
    bool first = true, in_message = false;
    for (const auto& reply : script) {
        if (in_message) {
            if (!hear_message(connection)) return;
        } else if (!first) {
            const auto line = connection.line();
            if (line.empty()) return;
            heard(line);
        }
        first = in_message = false;
        if (reply == hang_up) return;
        if (reply == say_nothing) break;
        if (reply == start_tls) {
            connection.say("220 go ahead\r\n");
            if (!connection.shake_hands()) return;
            continue;
        }
        if (!reply.empty()) connection.say(reply + "\r\n");
        in_message = reply.starts_with("354") || reply.find("\n354") != reply.npos;
    }
    for (auto line = connection.line(); !line.empty(); line = connection.line()) {
        heard(line);
        if (line == "QUIT\r\n" && script.back() != say_nothing)
            return connection.say("221 bye\r\n");
    }
}

// Up to the dot that stands alone.
bool ScriptedSmtp::hear_message(Connection& connection) {
    std::string message;
    for (auto line = connection.line(); line != ".\r\n"; line = connection.line()) {
        if (line.empty()) return false;
        message += line;
    }
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
    return true;
}

void ScriptedSmtp::heard(const std::string& line) {
    const std::lock_guard lock(mutex_);
    commands_.back().append(line, 0, line.find_first_of("\r\n")).append("|");
}

std::string ScriptedSmtp::commands(std::size_t connection) const {
    const std::lock_guard lock(mutex_);
    return connection < commands_.size() ? commands_[connection] : std::string();
}

std::vector<std::string> ScriptedSmtp::messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
}

std::size_t ScriptedSmtp::connections() const {
    const std::lock_guard lock(mutex_);
    return commands_.size();
}

}  // namespace nettool::test
