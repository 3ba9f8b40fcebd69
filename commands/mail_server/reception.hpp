#pragma once
// Receives mail: a session for each connection, its dialog printed, its messages stored.

#include "nettool/cli/command.hpp"
#include "nettool/smtp/mailbox.hpp"
#include "nettool/smtp/server_session.hpp"
#include "results.hpp"

#include <atomic>
#include <functional>
#include <optional>

namespace nettool::commands {

/// Used from the strands of all connections.
class Reception {
public:
    struct Options {
        smtp::SessionSettings session;
        bool prints = true;            // the dialog
        bool explains = false;         // what its lines mean
        std::uint64_t exit_after = 0;  // messages; zero: never
    };

    /// `directory`: of the store; empty: what comes is thrown away.  `faults` may be null.
    Reception(cli::Context& context, Options options, const std::string& directory,
              proto::FaultRules* faults);

    /// Hears of each message that has been stored; set before the first connection.
    std::function<void(const Mail&)> on_mail = [](const Mail&) {};
    /// Called once so many have come as Options::exit_after says.
    std::function<void()> on_enough = [] {};
    /// And once the client that has sent the last of them has left.
    std::function<void()> on_all_said = [] {};

    awaitable<void> serve(net::Stream stream);

private:
    void print_line(std::uint64_t connection, const proto::TranscriptLine& line) const;
    bool announce(const smtp::MailStore::Kept& kept, const proto::MailRecord& record);
    Mail read_back(const smtp::MailStore::Kept& kept, const proto::MailRecord& record) const;

    cli::Context& context_;
    Options options_;
    std::optional<smtp::MailStore> store_;
    smtp::Mailbox mailbox_;
    proto::FaultRules* faults_;
    std::atomic<std::uint64_t> connections_ = 0;
    std::atomic<std::uint64_t> mails_ = 0;
};

}  // namespace nettool::commands
