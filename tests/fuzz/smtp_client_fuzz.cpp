// What a server says to a client that sends two messages: the first byte tells how the client is
// set up, the rest is the server's.
#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/smtp_client_dialog.hpp"
#include "nettool/proto/mail/smtp_secrets.hpp"

#include <algorithm>
#include <cstdint>

namespace {

using namespace nettool::proto;
using Next = SmtpClientDialog::Next;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

constexpr std::string_view secret = "hunter2hunter2";

SmtpClientSettings settings_of(unsigned bits) {
    SmtpClientSettings settings;
    settings.tls = static_cast<SmtpClientSettings::Tls>(bits % 3);
    if ((bits & 4) != 0) {
        settings.login.emplace();
        settings.login->user = "tim";
        settings.login->secret = secret;
        settings.login->nonce = "nonce";
        settings.shows_secrets = (bits & 8) != 0;
        if ((bits & 16) != 0) settings.login->mechanism = LoginMechanism::scram_sha_256;
        if ((bits & 32) != 0) settings.login->mechanism = LoginMechanism::xoauth2;
    }
    return settings;
}

MailOrder order() {
    MailOrder order;
    order.from = {"a", "x"};
    order.to = {{"b", "x"}, {"c", "x"}};
    order.size = 38;
    order.eight_bit = true;
    return order;
}

// One client and what it has done so far.
class Client {
public:
    explicit Client(unsigned bits) : bits_(bits), dialog_(settings_of(bits)) {}

    void go_on() {
        for (;;) {
            judge(dialog_.take_text());
            while (const auto outcome = dialog_.take_outcome()) {
                require(outcome->recipients.size() == 2);
                ++ended_;
            }
            require(ended_ <= begun_);
            if (!act()) return;
        }
    }
    void hear(const SmtpReply& reply) { dialog_.on_reply(reply); }
    bool is_over() const { return dialog_.next() == Next::closed; }
    void lose() {
        SmtpFailure lost;
        lost.kind = SmtpFailure::Kind::lost;
        lost.step = dialog_.step();
        dialog_.fail(std::move(lost));
        go_on();
        require(is_over() && ended_ == begun_);
    }

private:
    bool act() {
        switch (dialog_.next()) {
            case Next::start_tls:
                require(bits_ % 3 != 0);
                secure_ = true;
                dialog_.on_tls((bits_ & 64) != 0);
                return true;
            case Next::message:
                dialog_.message_sent();
                if (dialog_.may_pipeline()) offer();
                return true;
            case Next::mail:
                require(bits_ % 3 != 2 || secure_);
                require((bits_ & 4) == 0 || dialog_.logged_in());
                offer();
                return true;
            case Next::reply:
            case Next::closed: break;
        }
        return false;
    }

    void offer() {
        if (begun_ == 2) return dialog_.quit();
        ++begun_;
        dialog_.begin(order());
    }

    void judge(const std::string& text) {
        SmtpSecrets secrets;
        require(secrets.client(text).find(secret) == std::string::npos);
        const bool may_tell = (bits_ & 4) != 0 && ((bits_ & 8) != 0 || (secure_ && (bits_ & 64)));
        if (!may_tell) require(text.find("AUTH") == text.npos);
        for (std::string_view left(text); !left.empty();) {
            const auto end = left.find("\r\n");
            require(end != left.npos && !nettool::has_control_bytes(left.substr(0, end)));
            left.remove_prefix(end + 2);
        }
    }

    unsigned bits_;
    SmtpClientDialog dialog_;
    bool secure_ = false;
    int begun_ = 0, ended_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    Client client(data[0]);
    std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    SmtpReplyReader reader;
    client.go_on();
    while (!client.is_over() && reader.feed(text) == SmtpReplyReader::Status::whole) {
        client.hear(reader.take());
        client.go_on();
    }
    client.lose();
    return 0;
}
