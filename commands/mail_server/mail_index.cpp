#include "mail_index.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/failure.hpp"

#include <algorithm>

namespace nettool::commands {
namespace {

constexpr std::size_t most_known = 20'000;

bool contains(std::string_view text, std::string_view part) {
    const auto equal = [](char a, char b) { return ascii_lower(a) == ascii_lower(b); };
    return std::search(text.begin(), text.end(), part.begin(), part.end(), equal) != text.end();
}

bool matches(const Mail& mail, std::string_view query) {
    const auto has = [query](const std::string& text) { return contains(text, query); };
    return query.empty() || has(mail.subject) || has(mail.from) ||
           std::ranges::any_of(mail.to, has) || std::ranges::any_of(mail.attachments, has);
}

}  // namespace

MailIndex::Found MailIndex::list(const Wanted& wanted) {
    const auto all = mailbox_.all();
    Found found;
    found.total = all.size();
    auto at = all.size();
    if (!wanted.before.empty()) {
        const auto place = std::ranges::find(all, wanted.before, &smtp::StoredMail::id);
        found.is_known = place != all.end();
        at = found.is_known ? static_cast<std::size_t>(place - all.begin()) : 0;
    }
    for (; at > 0 && found.mails.size() < wanted.limit; --at) {
        auto mail = summary(all[at - 1], at);
        if (mail && matches(*mail, wanted.query)) found.mails.push_back(*std::move(mail));
    }
    return found;
}

std::optional<MailIndex::Place> MailIndex::place_of(std::string_view id) const {
    auto all = mailbox_.all();
    const auto place = std::ranges::find(all, id, &smtp::StoredMail::id);
    if (place == all.end()) return std::nullopt;
    const auto number = static_cast<std::uint64_t>(place - all.begin()) + 1;
    return Place{std::move(*place), number};
}

void MailIndex::remove(const smtp::StoredMail& mail) {
    mailbox_.remove(mail);
    const std::lock_guard lock(mutex_);
    known_.erase(mail.id);
}

void MailIndex::add(const Mail& mail) {
    const std::lock_guard lock(mutex_);
    if (known_.size() >= most_known) known_.clear();
    known_.emplace(mail.id, mail);
}

// Nothing for one that has gone meanwhile.
std::optional<Mail> MailIndex::summary(const smtp::StoredMail& stored, std::uint64_t number) {
    std::optional<Mail> mail;
    {
        const std::lock_guard lock(mutex_);
        if (const auto place = known_.find(stored.id); place != known_.end()) mail = place->second;
    }
    if (!mail) {
        mail = read(stored, number);
        if (!mail) return std::nullopt;
        add(*mail);
    }
    mail->number = number;
    mail->seen = !stored.is_new;
    return mail;
}

std::optional<Mail> MailIndex::read(const smtp::StoredMail& stored, std::uint64_t number) const {
    try {
        return OpenedMail(mailbox_, stored, number, OpenedMail::in_short).summary();
    } catch (const Failure&) {
        const auto moved = mailbox_.find(stored.id);  // somebody has taken it meanwhile
        if (!moved || moved->path == stored.path) return std::nullopt;
        return read(*moved, number);
    }
}

}  // namespace nettool::commands
