#pragma once
// Looks at what has been stored: --list, --show and --wait.

#include "nettool/cli/command.hpp"
#include "nettool/proto/fault_rules.hpp"
#include "nettool/smtp/mailbox.hpp"
#include "results.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>

namespace nettool::commands {

/// Which messages are meant.
struct MailFilter {
    std::string to;                              // a recipient of the envelope, in any case
    std::optional<proto::FaultPattern> subject;  // found anywhere in it

    bool matches(const Mail& mail) const;
};

enum class ShownAs { text, source, dialog };

class MailReader {
public:
    MailReader(cli::Context& context, const std::string& directory)
        : context_(context), mailbox_(directory) {}

    void list(const MailFilter& filter) const;

    /// `which`: a number or an id; `part`: of its parts, as bytes.  Throws Failure: refused where
    /// there is no such message or part.
    void show(const std::string& which, ShownAs as, std::optional<std::uint64_t> part) const;

    /// Emits and takes the first message that matches and that nobody has taken; false when there
    /// is none in time (zero: for ever).
    awaitable<bool> wait(MailFilter filter, std::chrono::milliseconds time) const;

private:
    smtp::StoredMail find(const std::string& which, std::uint64_t& number) const;
    std::optional<Mail> summary(const smtp::StoredMail& stored, std::uint64_t number) const;
    /// `known`: the ids of those that do not match.
    bool take_one(const MailFilter& filter, std::set<std::string>& known) const;

    cli::Context& context_;
    smtp::Mailbox mailbox_;
};

}  // namespace nettool::commands
