#include "nettool/smtp/mailbox.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/unique_descriptor.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

namespace nettool::smtp {
namespace {

constexpr std::uint64_t longest_record = 64UL * 1024 * 1024;

std::string id_of(std::string_view file_name) {
    return std::string(file_name.substr(0, file_name.find(':')));  // flags follow (maildir(5))
}

// `1764381600.M000123P99Q10` comes behind `…Q9`.
bool is_older(const StoredMail& a, const StoredMail& b) {
    const auto seconds = [](const std::string& id) { return std::min(id.find('.'), id.size()); };
    if (seconds(a.id) != seconds(b.id)) return seconds(a.id) < seconds(b.id);
    return ::strverscmp(a.id.c_str(), b.id.c_str()) < 0;
}

}  // namespace

std::vector<StoredMail> Mailbox::all() const {
    std::vector<StoredMail> mails;
    for (const std::string folder : {"new", "cur"}) {
        std::error_code ec;
        // A message that moves meanwhile may be seen twice.
        for (const auto& entry :
             std::filesystem::directory_iterator(directory_ + "/" + folder, ec)) {
            const auto name = entry.path().filename().string();
            if (!name.starts_with('.'))
                mails.push_back({id_of(name), folder + "/" + name, folder == "new"});
        }
        if (ec) throw Failure(Fault::local, "read directory " + directory_ + "/" + folder, ec);
    }
    std::ranges::sort(mails, is_older);
    const auto twice = std::ranges::unique(mails, {}, &StoredMail::id);
    mails.erase(twice.begin(), twice.end());
    return mails;
}

std::optional<StoredMail> Mailbox::find(std::string_view id) const {
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
    if (::access(path.c_str(), F_OK) != 0) return std::nullopt;
    return proto::parse_mail_record(read_whole_file(path, longest_record));
}

bool Mailbox::take(const StoredMail& mail) const {
    const auto seen = directory_ + "/cur/" + mail.id + ":2,S";
    return mail.is_new && ::rename(path_of(mail).c_str(), seen.c_str()) == 0;
}

void Mailbox::remove(const StoredMail& mail) const {
    const auto path = path_of(mail);
    if (::unlink(path.c_str()) != 0) throw Failure(Fault::local, "remove " + path, last_error());
    ::unlink(record_path(mail).c_str());
}

std::string Mailbox::record_path(const StoredMail& mail) const {
    return directory_ + "/envelopes/" + mail.id + ".json";
}

}  // namespace nettool::smtp
