#pragma once
// Packs files into a tar or zip archive, piece by piece; libarchive knows the formats.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nettool::http {

class ArchiveWriter {
public:
    enum class Kind { tar, zip };

    /// Throws Failure (local), as every function here does, also when there is no libarchive.
    explicit ArchiveWriter(Kind kind);
    ArchiveWriter(const ArchiveWriter&) = delete;
    ArchiveWriter& operator=(const ArchiveWriter&) = delete;
    ~ArchiveWriter();

    void add_directory(const std::string& path, std::chrono::sys_seconds modified);
    /// Exactly `size` bytes of data() follow.
    void begin_file(const std::string& path, std::uint64_t size, std::chrono::sys_seconds modified);
    void data(std::string_view bytes);
    void finish();

    /// What has become of it so far and was not taken yet.
    std::string& packed() noexcept;

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace nettool::http
