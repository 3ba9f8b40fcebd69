#pragma once
// Brings messages to one of several servers, again where that may help, and tells what became of
// them.

#include "letter.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/smtp/client_session.hpp"
#include "place.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::commands {

struct DeliverySettings {
    unsigned retries = 0;
    std::chrono::milliseconds wait{1000};  // before the first retry; doubled each time
    std::uint64_t count = 1;               // of messages, alike but for their Message-ID
    std::optional<proto::Login> login;
    bool shows_secrets = false;
};

/// To the servers in their order, until one of them takes the messages.
class Delivery {
public:
    /// All of it outlives the delivery.
    struct Parts {
        cli::Context& context;
        const Letter& letter;
        const Place& place;
        const DeliverySettings& settings;
    };

    Delivery(Parts parts, std::vector<net::Endpoint> servers,
             std::vector<proto::MailPath> recipients);

    /// Throws Failure (local), and operation_aborted when cancelled.
    awaitable<cli::ExitCode> run();

    /// Why it did not come to any delivery.
    static cli::ExitCode report(cli::Context& context, const proto::SmtpFailure& failure,
                                const std::string& server, std::string id, std::string_view advice);

private:
    struct Job {
        std::string id;  // Message-ID
        std::vector<proto::MailPath> to;
        std::uint64_t size = 0;
        proto::SmtpFailure last;
    };

    cli::ExitCode report(const proto::SmtpFailure& failure, std::string id) const;
    awaitable<std::optional<proto::SmtpFailure>> attempt();
    awaitable<std::optional<proto::SmtpFailure>> try_server(net::Endpoint server);
    awaitable<std::optional<proto::SmtpFailure>> converse(net::Stream& stream,
                                                          net::Endpoint server);
    smtp::ClientSettings session_settings(const net::Flow& flow, bool encrypted, bool known) const;
    void say_dialog(smtp::ClientParts& parts) const;
    std::optional<smtp::OutgoingMail> next_mail(const proto::SmtpCapabilities& server);
    void settle(const proto::MailOutcome& outcome);
    void settle_failed(Job job, const proto::MailOutcome& outcome);
    void tell_sent(const Job& job, const proto::MailOutcome& outcome);
    void tell_refused(const Job& job);
    void settle_rest(const std::optional<proto::SmtpFailure>& failure);
    bool has_work() const noexcept;
    awaitable<void> wait(unsigned tries, const proto::SmtpFailure& why) const;
    void note(cli::ExitCode code) { worst_ = std::max(worst_, code); }

    Parts parts_;
    std::vector<net::Endpoint> servers_;
    std::vector<proto::MailPath> recipients_;
    std::string server_;  // that was talked to last
    proto::SmtpStep step_ = proto::SmtpStep::connect;
    bool encrypted_ = false;     // the conversation with it
    std::uint64_t begun_ = 0;    // of the messages
    std::deque<Job> todo_;       // the rest of some
    std::deque<Job> in_flight_;  // in the order of their outcomes
    std::deque<Job> again_;      // that failed, and may not the next time
    cli::ExitCode worst_ = cli::ExitCode::ok;
};

}  // namespace nettool::commands
