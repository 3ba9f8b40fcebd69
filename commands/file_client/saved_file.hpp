#pragma once
// A file on its way: counted, digested, and there under its name only when it is whole.

#include "nettool/base/digest.hpp"
#include "nettool/base/file.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::commands {

class SavedFile {
public:
    struct Options {
        bool force = false;   // replace what is there
        bool resume = false;  // go on with what an earlier attempt has left, and leave it in turn
    };

    /// Throws Failure (local) where something is there already, or nothing can be written.
    SavedFile(std::string path, const Options& options);

    /// What an earlier attempt has left.
    std::optional<WholeFile::Left> left() const { return file_.left(); }
    /// Counts what was left as written.
    void resume();
    void restart();

    void write(std::string_view bytes);
    std::uint64_t size() const noexcept { return size_; }
    std::uint64_t resumed() const noexcept { return resumed_; }

    /// Of all that was written, in hex.  Throws Failure (local) if `announced`, a Repr-Digest field
    /// (RFC 9530), has another SHA-256.  Whether it has the same one.
    bool verify(std::string_view announced);
    std::string sha256() const { return sha256_; }

    void commit();
    /// After a failure: keeps what there is for the next attempt, if that is wanted.
    void give_up(std::chrono::sys_seconds modified);

private:
    std::string path_;
    Options options_;
    WholeFile file_;
    Digest digest_{"sha256"};
    std::uint64_t size_ = 0, resumed_ = 0;
    bool touched_ = false;  // no longer what an earlier attempt has left
    std::string sha256_;
};

}  // namespace nettool::commands
