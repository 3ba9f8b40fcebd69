#include "nettool/smtp/mailbox.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/unique_descriptor.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool::smtp {
namespace {

constexpr std::uint64_t longest_record = 64UL * 1024 * 1024;

std::string id_of(std::string_view file_name) {
    return std::string(file_name.substr(0, file_name.find(':')));  // flags follow (maildir(5))
}

// No file's name has the first, and an id neither of the others.
bool is_id(std::string_view text) {
    constexpr std::string_view not_there("\0/:", 3);
    return !text.empty() && text[0] != '.' && text.find_first_of(not_there) == text.npos;
}

// Not what a link leads to, and nothing that keeps its readers waiting.
bool is_file(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

// The same, as the directory has told it.
bool is_file(const std::filesystem::directory_entry& entry) {
    std::error_code gone;
    return !entry.is_symlink(gone) && entry.is_regular_file(gone);
}

std::string seen_path(const std::string& id) { return "cur/" + id + ":2,S"; }

// `1764381600.M000123P99Q10` comes behind `…Q9`.
bool is_older(const StoredMail& a, const StoredMail& b) {
    const auto seconds = [](const std::string& id) { return std::min(id.find('.'), id.size()); };
    if (seconds(a.id) != seconds(b.id)) return seconds(a.id) < seconds(b.id);
    return ::strverscmp(a.id.c_str(), b.id.c_str()) < 0;
}

}  // namespace

std::vector<StoredMail> Mailbox::all() const {
    std::vector<StoredMail> mails;
    for (const std::string folder : {"new/", "cur/"}) {
        std::error_code ec;
        // A message that moves meanwhile may be seen twice.
        std::filesystem::directory_iterator at(directory_ + "/" + folder, ec);
        for (; at != std::filesystem::directory_iterator(); at.increment(ec)) {
            const auto name = at->path().filename().string();
            if (!name.starts_with('.') && is_file(*at))
                mails.push_back({id_of(name), folder + name, folder == "new/"});
        }
        if (ec) throw Failure(Fault::local, "read directory " + directory_ + "/" + folder, ec);
    }
    std::ranges::sort(mails, is_older);
    const auto is_same = [](const StoredMail& a, const StoredMail& b) { return a.id == b.id; };
    mails.erase(std::unique(mails.begin(), mails.end(), is_same), mails.end());
    return mails;
}

std::optional<StoredMail> Mailbox::find(std::string_view id) const {
    if (!is_id(id)) return std::nullopt;
    StoredMail likely{std::string(id), "new/" + std::string(id), true};
    if (is_file(path_of(likely))) return likely;
    likely = {likely.id, seen_path(likely.id), false};
    if (is_file(path_of(likely))) return likely;
    for (auto& mail : all())
        if (mail.id == id) return std::move(mail);
    return std::nullopt;
}

std::uint64_t Mailbox::size(const StoredMail& mail) const {
    std::error_code ec;
    const auto size = std::filesystem::file_size(path_of(mail), ec);
    if (ec) throw Failure(Fault::local, "read " + path_of(mail), ec);
    return size;
}

std::string Mailbox::message(const StoredMail& mail, std::uint64_t max_bytes) const {
    return read_whole_file(path_of(mail), max_bytes);
}

std::string Mailbox::beginning(const StoredMail& mail, std::size_t most) const {
    const auto path = path_of(mail);
    const UniqueDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string bytes(most, '\0');
    const auto size = file ? ::pread(file.get(), bytes.data(), bytes.size(), 0) : -1;
    if (size < 0) throw Failure(Fault::local, "read " + path, last_error());
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
}

std::optional<proto::MailRecord> Mailbox::record(const StoredMail& mail) const {
    const auto path = record_path(mail);
    if (!is_file(path)) return std::nullopt;
    return proto::parse_mail_record(read_whole_file(path, longest_record));
}

bool Mailbox::take(const StoredMail& mail) const {
    const auto seen = directory_ + "/" + seen_path(mail.id);
    return mail.is_new && ::rename(path_of(mail).c_str(), seen.c_str()) == 0;
}

void Mailbox::remove(const StoredMail& mail) const {
    std::optional<StoredMail> place = mail;
    while (place && ::unlink(path_of(*place).c_str()) != 0) {
        const auto error = last_error();
        if (error != boost::system::errc::no_such_file_or_directory)
            throw Failure(Fault::local, "remove " + path_of(*place), error);
        place = find(mail.id);  // where somebody has moved it meanwhile
    }
    ::unlink(record_path(mail).c_str());
}

std::string Mailbox::record_path(const StoredMail& mail) const {
    return directory_ + "/envelopes/" + mail.id + ".json";
}

}  // namespace nettool::smtp
