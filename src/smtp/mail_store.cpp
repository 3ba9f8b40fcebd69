#include "nettool/smtp/mail_store.hpp"

#include "disk.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/smtp/mailbox.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool::smtp {
namespace {

// What comes is a piece of a line or less.
constexpr std::size_t block = 64UL * 1024;

// `1764381600.M123456P99Q1` sorts by time; nobody else makes the same (maildir(5)).
std::string unique_name() {
    static std::atomic<std::uint64_t> count;
    using namespace std::chrono;
    const auto now = floor<microseconds>(system_clock::now().time_since_epoch());
    return fmt::format("{}.M{:06}P{}Q{}", duration_cast<seconds>(now).count(),
                       (now % seconds(1)).count(), ::getpid(), ++count);
}

}  // namespace

MailStore::Incoming::Incoming(const MailStore& store)
    : directory_(store.directory_), name_(unique_name()) {}

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

// Whoever comes first takes all that wait to the disk, on a thread of its own; when that is done,
// one of those who came meanwhile is the next.
class MailStore::Committer : public std::enable_shared_from_this<Committer> {
public:
    explicit Committer(std::string directory) : directory_(std::move(directory)) {}

    void set_count(std::uint64_t count) noexcept { count_ = count; }

    awaitable<result<Kept>> keep(std::unique_ptr<Incoming> message, std::string envelope) {
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        auto mail = std::make_shared<Mail>(executor);
        mail->message = std::move(message);
        mail->envelope = std::move(envelope);
        enter(mail);
        while (!mail->done) {
            if (mail->leads) {
                co_await lead(*mail);
                continue;
            }
            mail->changed.expires_at(std::chrono::steady_clock::time_point::max());
            (void)co_await mail->changed.async_wait(no_throw);
            const auto cancellation = co_await asio::this_coro::cancellation_state;
            if (mail->done || cancellation.cancelled() == asio::cancellation_type::none) continue;
            leave(mail);
            co_return error_code(asio::error::operation_aborted);
        }
        if (mail->error) co_return mail->error;
        co_return mail->kept;
    }

    std::uint64_t syncs() const noexcept { return syncs_; }

private:
    struct Mail {
        explicit Mail(const asio::any_io_executor& executor) : changed(executor) {}

        std::unique_ptr<Incoming> message;
        std::string envelope;
        Kept kept;
        UniqueDescriptor envelope_file;
        error_code error;
        asio::steady_timer changed;
        std::atomic<bool> done = false;
        std::atomic<bool> leads = false;
    };
    using Batch = std::vector<std::shared_ptr<Mail>>;

    void enter(const std::shared_ptr<Mail>& mail) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(mail);
        mail->leads = !std::exchange(busy_, true);
    }

    // What is on its way to the disk already goes there all the same.
    void leave(const std::shared_ptr<Mail>& mail) {
        const std::lock_guard lock(mutex_);
        std::erase(waiting_, mail);
        if (mail->leads) pass_on();
    }

    // With the lock held.
    void pass_on() {
        busy_ = !waiting_.empty();
        if (!busy_) return;
        waiting_.front()->leads = true;
        wake(waiting_.front());
    }

    static void wake(const std::shared_ptr<Mail>& mail) {
        asio::post(mail->changed.get_executor(), [mail] { mail->changed.cancel(); });
    }

    // All that wait, the leader's own among them.  The job goes on when the leader is told to stop.
    awaitable<void> lead(Mail& leader) {
        Batch batch;
        {
            const std::lock_guard lock(mutex_);
            batch = std::exchange(waiting_, {});
            leader.leads = false;
        }
        auto job = [self = shared_from_this(), batch] {
            self->commit(batch);
            const std::lock_guard lock(self->mutex_);
            self->pass_on();
            return true;
        };
        (void)co_await net::offload(std::move(job));
    }

    // On a thread of its own, and only on one.
    void commit(const Batch& batch) {
        for (const auto& mail : batch) mail->error = write(*mail);
        sync(batch);
        for (const auto& mail : batch)
            if (!mail->error) mail->error = name_envelope(*mail);
        if (const auto ec = sync_directory(directory_ + "/envelopes"); ec) fail(batch, ec);
        for (const auto& mail : batch)
            if (!mail->error) mail->error = publish(*mail);
        if (const auto ec = sync_directory(directory_ + "/new"); ec) fail(batch, ec);
        ++syncs_;
        for (const auto& mail : batch) {
            if (mail->error)
                forget(*mail);
            else
                mail->kept.number = ++count_;
            mail->done = true;
            wake(mail);
        }
    }

    static void fail(const Batch& batch, error_code ec) {
        for (const auto& mail : batch)
            if (!mail->error) mail->error = ec;
    }

    error_code write(Mail& mail) const {
        auto& message = *mail.message;
        mail.kept.id = unique_name();
        if (const auto ec = message.flush(); ec) return ec;
        mail.envelope_file = create(message_path(mail) + ".json");
        if (!mail.envelope_file) return last_error();
        return write_all(mail.envelope_file.get(), mail.envelope);
    }

    // A journal takes as long for one file as for all that have been written; each asked for by
    // itself, twenty mails took as long as twenty times one.  Where few wait, they do not wait for
    // what others have written too.
    void sync(const Batch& batch) const {
        constexpr std::size_t several = 3;
        const bool together = batch.size() >= several;
        const auto sync_one = together ? &written_back : &sync_file;
        if (together)
            if (const auto ec = sync_file_system(directory_); ec) fail(batch, ec);
        for (const auto& mail : batch) {
            if (!mail->error) mail->error = sync_one(mail->message->file_.get());
            if (!mail->error) mail->error = sync_one(mail->envelope_file.get());
            mail->envelope_file = UniqueDescriptor();
        }
    }

    error_code name_envelope(const Mail& mail) const {
        return move_file(message_path(mail) + ".json", envelope_path(mail));
    }

    error_code publish(const Mail& mail) const {
        return move_file(message_path(mail), new_path(mail));
    }

    void forget(const Mail& mail) const {
        for (const auto& path : {message_path(mail), message_path(mail) + ".json",
                                 envelope_path(mail), new_path(mail)})
            ::unlink(path.c_str());
    }

    // Before it has its own name.
    std::string message_path(const Mail& mail) const {
        return directory_ + "/tmp/" + mail.message->name_;
    }
    std::string envelope_path(const Mail& mail) const {
        return directory_ + "/envelopes/" + mail.kept.id + ".json";
    }
    std::string new_path(const Mail& mail) const { return directory_ + "/new/" + mail.kept.id; }

    std::string directory_;
    std::mutex mutex_;
    Batch waiting_;
    bool busy_ = false;  // somebody leads, or is about to
    std::atomic<std::uint64_t> syncs_ = 0;
    std::uint64_t count_ = 0;  // of all messages
};

MailStore::MailStore(std::string directory)
    : directory_(std::move(directory)), committer_(std::make_shared<Committer>(directory_)) {
    for (const auto* name : {"", "/tmp", "/new", "/cur", "/envelopes"}) {
        std::error_code ec;
        std::filesystem::create_directories(directory_ + name, ec);
        if (ec) throw Failure(Fault::local, "make directory " + directory_ + name, ec);
    }
    for (const auto* name : {"/tmp", "/new", "/envelopes"})
        if (::access((directory_ + name).c_str(), W_OK | X_OK) != 0)
            throw Failure(Fault::local, "write to " + directory_ + name, last_error());
    sweep();
    committer_->set_count(Mailbox(directory_).all().size());
}

void MailStore::sweep() const {
    using namespace std::chrono_literals;
    const auto old = std::filesystem::file_time_type::clock::now() - 36h;
    std::error_code ec;
    for (const auto& entry : std::filesystem::directory_iterator(directory_ + "/tmp", ec)) {
        std::error_code gone;
        const auto time = entry.last_write_time(gone);
        if (!gone && time < old) std::filesystem::remove(entry.path(), gone);
    }
}

MailStore::~MailStore() = default;

awaitable<result<MailStore::Kept>> MailStore::keep(std::unique_ptr<Incoming> message,
                                                   std::string envelope) {
    return committer_->keep(std::move(message), std::move(envelope));
}

std::uint64_t MailStore::syncs() const noexcept { return committer_->syncs(); }

}  // namespace nettool::smtp
