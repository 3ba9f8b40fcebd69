#include "rehearsal.hpp"

#include "nettool/proto/mail/mail_lines.hpp"
#include "nettool/proto/mail/transcript.hpp"
#include "results.hpp"

namespace nettool::commands {
namespace {

using Next = proto::SmtpClientDialog::Next;
using proto::SmtpReply;
using proto::SmtpStep;

// What such a server would answer.
SmtpReply answer_to(SmtpStep step, bool offers_tls) {
    switch (step) {
        case SmtpStep::greeting:
        case SmtpStep::start_tls: return {220, {"ready"}};
        case SmtpStep::hello: {
            SmtpReply reply{250, {"hello", "PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8"}};
            if (offers_tls) reply.lines.emplace_back("STARTTLS");
            return reply;
        }
        case SmtpStep::data: return {354, {"go ahead"}};
        case SmtpStep::quit: return {221, {"bye"}};
        default: return {250, {"ok"}};
    }
}

class Rehearsal {
public:
    Rehearsal(cli::Context& context, const Letter& letter, const Access& access,
              proto::SmtpClientSettings settings, bool offers_tls)
        : context_(context),
          letter_(letter),
          access_(access),
          dialog_(std::move(settings)),
          offers_tls_(offers_tls) {}

    void run() {
        for (;;) {
            say(dialog_.take_text());
            switch (dialog_.next()) {
                case Next::reply: dialog_.on_reply(answer_to(dialog_.step(), offers_tls_)); break;
                case Next::start_tls:
                    emit(transcript_.secured("TLS", "the best that both know", now()));
                    dialog_.on_tls(true);
                    break;
                case Next::message: send(); break;
                case Next::mail: begin(); break;
                case Next::closed: return;
            }
        }
    }

private:
    static proto::Transcript::Time now() { return std::chrono::system_clock::now(); }

    void emit(const proto::TranscriptLine& line) { context_.out.emit(line_of(line)); }

    void say(std::string_view text) {
        while (!text.empty()) emit(transcript_.client(proto::take_line(text), now()));
    }

    void begin() {
        if (begun_) return dialog_.quit();
        begun_ = true;
        if (access_.has_user()) say("AUTH\r\n");
        mail_ = letter_.mail(letter_.recipients(), letter_.message_id(1), dialog_.capabilities());
        dialog_.begin(mail_.order);
    }

    void send() {
        for (auto piece = mail_.content(); !piece.empty(); piece = mail_.content()) {
            MailText text;
            text.text = piece;
            context_.out.emit(text);
        }
        emit(transcript_.message(mail_.order.size, now()));
        dialog_.message_sent();
    }

    cli::Context& context_;
    const Letter& letter_;
    const Access& access_;
    proto::SmtpClientDialog dialog_;
    bool offers_tls_;
    proto::Transcript transcript_;
    smtp::OutgoingMail mail_;
    bool begun_ = false;
};

}  // namespace

void rehearse(cli::Context& context, const Letter& letter, const Place& place,
              const Access& access) {
    using Tls = proto::SmtpClientSettings::Tls;
    proto::SmtpClientSettings settings;
    net::Flow nobody;
    nobody.local.host = "127.0.0.1";
    settings.name = place.own_name(nobody);
    const bool offers_tls =
        place.security() == Security::starttls || place.security() == Security::automatic;
    settings.tls = offers_tls ? Tls::if_offered : Tls::never;
    settings.is_encrypted = place.security() == Security::tls;
    Rehearsal(context, letter, access, std::move(settings), offers_tls).run();
}

}  // namespace nettool::commands
