#include "nettool/smtp/mail_store.hpp"

#include "committer.hpp"
#include "disk.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/smtp/mailbox.hpp"

#include <chrono>
#include <filesystem>
#include <utility>

#include <unistd.h>

namespace nettool::smtp {
namespace {

constexpr std::size_t block = 64UL * 1024;  // what is written at a time

}  // namespace

MailStore::Incoming::Incoming(const MailStore& store)
    : directory_(store.directory_), name_(store.committer_->new_name()) {}

MailStore::Incoming::~Incoming() {
    if (file_) ::unlink((directory_ + "/tmp/" + name_).c_str());
}

void MailStore::Incoming::write(std::string_view bytes) {
    size_ += bytes.size();
    memory_ += bytes;
    if (memory_.size() <= (file_ ? block : in_memory)) return;
    if (const auto ec = flush(); ec)
        throw Failure(Fault::local, "write " + directory_ + "/tmp/" + name_, ec);
}

error_code MailStore::Incoming::flush() {
    if (!file_) file_ = create(directory_ + "/tmp/" + name_);
    if (!file_) return last_error();
    const auto ec = write_all(file_.get(), memory_);
    std::string().swap(memory_);
    return ec;
}

MailStore::MailStore(std::string directory)
    : directory_(std::move(directory)), committer_(std::make_shared<Committer>(directory_)) {
    for (const auto* name : {"", "/tmp", "/new", "/cur", "/envelopes"}) {
        std::error_code ec;
        const std::filesystem::path path(directory_ + name);
        const bool is_new = std::filesystem::create_directories(path, ec);
        if (ec) throw Failure(Fault::local, "make directory " + path.string(), ec);
        // What is kept in a directory is kept with it only.
        const auto parent = std::filesystem::absolute(path).lexically_normal().parent_path();
        if (is_new) (void)sync_directory(parent.string());
    }
    for (const auto* name : {"/tmp", "/new", "/envelopes"})
        if (::access((directory_ + name).c_str(), W_OK | X_OK) != 0)
            throw Failure(Fault::local, "write to " + directory_ + name, last_error());
    sweep();
    committer_->begin(Mailbox(directory_).all().size());
}

void MailStore::sweep() const {
    using namespace std::chrono_literals;
    const auto old = std::filesystem::file_time_type::clock::now() - 36h;
    std::error_code ec;
    std::filesystem::directory_iterator at(directory_ + "/tmp", ec);
    for (; !ec && at != std::filesystem::directory_iterator(); at.increment(ec)) {
        std::error_code gone;
        const auto time = at->last_write_time(gone);
        if (!gone && time < old) std::filesystem::remove(at->path(), gone);
    }
}

MailStore::~MailStore() = default;

awaitable<result<MailStore::Kept>> MailStore::keep(std::unique_ptr<Incoming> message,
                                                   std::string envelope) {
    return committer_->keep(std::move(message), std::move(envelope));
}

std::uint64_t MailStore::syncs() const noexcept { return committer_->syncs(); }

}  // namespace nettool::smtp
