#pragma once
// Where accepted mail stays: a Maildir whose messages are on the disk before anybody hears of them.

#include "nettool/base/asio.hpp"
#include "nettool/base/unique_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::smtp {

/// `new` and `cur` hold the messages byte for byte, `envelopes` a JSON file of the same name for
/// each, `tmp` what is under way.  Used from several strands.
class MailStore {
public:
    /// Makes the directories that are not there, and removes what others have left half done a day
    /// and a half ago (maildir(5)).  Throws Failure (local), also where nothing can be written.
    explicit MailStore(std::string directory);
    MailStore(const MailStore&) = delete;
    MailStore& operator=(const MailStore&) = delete;
    ~MailStore();

    /// A message that is being received: in memory while it is short, then in `tmp`.  Without
    /// keep() nothing is left of it.
    class Incoming {
    public:
        static constexpr std::size_t in_memory = 256UL * 1024;

        explicit Incoming(const MailStore& store);
        Incoming(const Incoming&) = delete;
        Incoming& operator=(const Incoming&) = delete;
        ~Incoming();

        /// Throws Failure (local), its cause the system's.
        void write(std::string_view bytes);
        std::uint64_t size() const noexcept { return size_; }

    private:
        friend class MailStore;

        error_code flush();

        std::string directory_;
        std::string name_;
        std::string memory_;
        UniqueDescriptor file_;
        std::uint64_t size_ = 0;
    };

    struct Kept {
        std::string id;            // the name of both files; later ones come behind it
        std::uint64_t number = 0;  // its place, while nobody else writes or removes here
    };
    /// Waits until message and envelope are on the disk; or the system's error, and then nothing is
    /// left of either.  Those that wait together share their way to the disk.
    awaitable<result<Kept>> keep(std::unique_ptr<Incoming> message, std::string envelope);

    /// How often the directory has been synced: seldom more than once for all that waited.
    std::uint64_t syncs() const noexcept;

private:
    class Committer;

    void sweep() const;

    std::string directory_;
    std::shared_ptr<Committer> committer_;
};

}  // namespace nettool::smtp
