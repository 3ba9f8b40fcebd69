#include "reader.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/values.hpp"
#include "nettool/net/directory_watch.hpp"
#include "nettool/net/limits.hpp"
#include "opened_mail.hpp"

#include <algorithm>

namespace nettool::commands {

bool MailFilter::matches(const Mail& mail) const {
    const bool meant =
        to.empty() || std::ranges::any_of(mail.to, [this](const std::string& address) {
            return equal_ignoring_case(address, to);
        });
    return meant && (!subject || subject->matches(mail.subject));
}

void MailReader::list(const MailFilter& filter) const {
    std::uint64_t number = 0;
    for (const auto& stored : mailbox_.all()) {
        const auto mail = summary(stored, ++number);
        if (mail && filter.matches(*mail)) context_.out.emit(*mail);
    }
}

// Nothing where somebody has moved or removed it meanwhile.
std::optional<Mail> MailReader::summary(const smtp::StoredMail& stored, std::uint64_t number) const
    try {
    return OpenedMail(mailbox_, stored, number, OpenedMail::in_short).summary();
} catch (const Failure& failure) {
    if (failure.cause() == boost::system::errc::no_such_file_or_directory) return std::nullopt;
    throw;
}

smtp::StoredMail MailReader::find(const std::string& which, std::uint64_t& number) const {
    const auto all = mailbox_.all();
    const bool counted = cli::parse_value(which, number) && number > 0;
    if (counted && number <= all.size()) return all[number - 1];
    const auto found = std::ranges::find(all, which, &smtp::StoredMail::id);
    if (found == all.end())
        throw Failure(Fault::refused, "there is no message " + quoted(which) + " among " +
                                          std::to_string(all.size()));
    number = static_cast<std::uint64_t>(found - all.begin()) + 1;
    return *found;
}

void MailReader::show(const std::string& which, ShownAs as,
                      std::optional<std::uint64_t> part) const {
    std::uint64_t number = 0;
    const auto stored = find(which, number);
    const OpenedMail mail(mailbox_, stored, number, OpenedMail::in_full);
    if (part) {
        const auto parts = mail.message().leaves();
        if (*part == 0 || *part > parts.size())
            throw Failure(Fault::refused, "message " + which + " has " +
                                              std::to_string(parts.size()) + " parts, not part " +
                                              std::to_string(*part));
        context_.out.write(parts[*part - 1]->decoded());
    } else if (as == ShownAs::source) {
        context_.out.write(mail.bytes());
    } else if (as == ShownAs::dialog) {
        for (const auto& line : mail.details().dialog)
            context_.out.emit(MailDialog{0, line.number, line.time, line.speaker, line.text,
                                         line.meaning, line.source});
    } else {
        context_.out.emit(mail.details());
    }
}

bool MailReader::take_one(const MailFilter& filter, std::set<std::string>& known) const {
    std::uint64_t number = 0;
    for (const auto& stored : mailbox_.all()) {
        ++number;
        if (!stored.is_new || known.contains(stored.id)) continue;
        const auto mail = summary(stored, number);
        known.insert(stored.id);
        if (!mail || !filter.matches(*mail) || !mailbox_.take(stored)) continue;
        auto taken = *mail;
        taken.seen = true;
        context_.out.emit(taken);
        return true;
    }
    return false;
}

awaitable<bool> MailReader::wait(MailFilter filter, std::chrono::milliseconds time) const {
    net::DirectoryWatch watch(context_.executor, mailbox_.directory() + "/new");
    const net::Deadline deadline(context_.executor, time, [&watch] { watch.stop(); });
    std::set<std::string> known;
    for (;;) {
        if (take_one(filter, known)) co_return true;
        const auto ec = co_await watch.changed();
        if (ec) co_return false;
    }
}

}  // namespace nettool::commands
