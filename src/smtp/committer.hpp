#pragma once
// Takes messages to the disk, those that wait together by one way.

#include "disk.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/smtp/mail_store.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace nettool::smtp {

// Whoever comes first takes all that wait to the disk, on a thread of its own; when that is done,
// one of those who came meanwhile is the next.
class MailStore::Committer : public std::enable_shared_from_this<Committer> {
public:
    explicit Committer(std::string directory) : directory_(std::move(directory)) {}

    /// Once the directories are there, with so many messages in them.
    void begin(std::uint64_t count) {
        count_ = count;
        syncs_together_ = can_sync_file_system(directory_);
    }

    // `1764381600.M123456P99Q1R0badcafe` sorts by time; nobody else makes the same (maildir(5)).
    std::string new_name() {
        using namespace std::chrono;
        const auto now = floor<microseconds>(system_clock::now().time_since_epoch());
        return fmt::format("{}.M{:06}P{}Q{}R{:08x}", duration_cast<seconds>(now).count(),
                           (now % seconds(1)).count(), ::getpid(), ++names_, own_);
    }

    awaitable<result<Kept>> keep(std::unique_ptr<Incoming> message, std::string envelope) {
        const asio::any_io_executor executor = co_await asio::this_coro::executor;
        asio::steady_timer changed(executor);
        auto mail = std::make_shared<Mail>();
        mail->message = std::move(message);
        mail->envelope = std::move(envelope);
        const Waiter waiter(*mail, changed);
        enter(mail);
        while (!mail->done) {
            if (mail->leads) {
                co_await lead(*mail);
                continue;
            }
            changed.expires_at(std::chrono::steady_clock::time_point::max());
            (void)co_await changed.async_wait(no_throw);
            if (mail->done || mail->leads) continue;
            // A request to finish leaves the time for that.
            const auto state = co_await asio::this_coro::cancellation_state;
            const auto dropped = state.cancelled() & asio::cancellation_type::terminal;
            if (dropped == asio::cancellation_type::none) continue;
            leave(mail);
            co_return error_code(asio::error::operation_aborted);
        }
        if (mail->error) co_return mail->error;
        co_return mail->kept;
    }

    std::uint64_t syncs() const noexcept { return syncs_; }

private:
    struct Mail {
        std::unique_ptr<Incoming> message;
        std::string envelope;
        Kept kept;
        UniqueDescriptor envelope_file;
        error_code error;
        std::atomic<bool> done = false;
        std::atomic<bool> leads = false;
        std::mutex mutex;
        asio::steady_timer* changed = nullptr;  // of who waits; null once he has left
    };
    using Batch = std::vector<std::shared_ptr<Mail>>;

    /// The job may outlive who waits for it, and his io_context.
    class Waiter {
    public:
        Waiter(Mail& mail, asio::steady_timer& changed) : mail_(mail) { mail_.changed = &changed; }
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;
        ~Waiter() {
            const std::lock_guard lock(mail_.mutex);
            mail_.changed = nullptr;
        }

    private:
        Mail& mail_;
    };

    void enter(const std::shared_ptr<Mail>& mail) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(mail);
        mail->leads = !std::exchange(busy_, true);
    }

    // What is on its way to the disk already goes there all the same.
    void leave(const std::shared_ptr<Mail>& mail) {
        const std::lock_guard lock(mutex_);
        std::erase(waiting_, mail);
        if (mail->leads) pass_on();  // it has become so in this very moment
    }

    // With the lock held.
    void pass_on() {
        busy_ = !waiting_.empty();
        if (!busy_) return;
        waiting_.front()->leads = true;
        wake(waiting_.front());
    }

    static void wake(const std::shared_ptr<Mail>& mail) {
        const std::lock_guard lock(mail->mutex);
        if (!mail->changed) return;
        asio::post(mail->changed->get_executor(), [mail] {
            const std::lock_guard again(mail->mutex);
            if (mail->changed) mail->changed->cancel();
        });
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
            self->commit_or_fail(batch);
            const std::lock_guard lock(self->mutex_);
            self->pass_on();
            return true;
        };
        (void)co_await net::offload(std::move(job));
    }

    // Whatever happens, nobody waits for ever.
    void commit_or_fail(const Batch& batch) noexcept {
        try {
            return commit(batch);
        } catch (...) {
            fail(batch,
                 boost::system::errc::make_error_code(boost::system::errc::not_enough_memory));
        }
        for (const auto& mail : batch)
            if (!mail->done) finish(mail);
    }

    void finish(const std::shared_ptr<Mail>& mail) {
        if (mail->error)
            forget(*mail);
        else
            mail->kept.number = ++count_;
        mail->done = true;
        wake(mail);
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
        for (const auto& mail : batch) finish(mail);
    }

    static void fail(const Batch& batch, error_code ec) {
        for (const auto& mail : batch)
            if (!mail->error) mail->error = ec;
    }

    error_code write(Mail& mail) {
        auto& message = *mail.message;
        mail.kept.id = new_name();
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
        const bool together = syncs_together_ && batch.size() >= several;
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
    bool syncs_together_ = false;
    std::atomic<std::uint64_t> names_ = 0;
    std::uint32_t own_ = std::random_device()();  // of this store in this process
};

}  // namespace nettool::smtp
