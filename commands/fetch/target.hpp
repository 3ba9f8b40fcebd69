#pragma once
// Where fetch writes a body.

#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/output.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::commands {

/// Of which thing the bytes are: it can be gone on with only if it is still the same one.
struct Source {
    std::string url;
    std::string validator;  // a strong ETag or a date, for If-Range; empty: there is none

    bool operator==(const Source&) const = default;
};

/// Standard output, where a terminal is shown nothing that could drive it, or a file that is there
/// when it is whole.  What came of it stays for --resume, if it can be gone on with.
class Target {
public:
    /// `resume`: goes on with what an earlier fetch of the same URL has left.  Throws Failure.
    Target(cli::Output& out, const std::string& path, const std::string& url, bool resume);
    ~Target();
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    const Source& source() const noexcept { return source_; }
    std::uint64_t size() const noexcept { return size_; }
    std::uint64_t resumed() const noexcept { return resumed_; }
    bool can_restart() const noexcept { return file_.has_value(); }
    /// Whether what there is stays for --resume, unless it becomes whole or is dropped.
    bool keeps() const { return file_ && !source_.validator.empty() && file_->left(); }

    /// From now on the bytes are of this.
    void begin(Source source);
    /// Drops what there is.
    void restart();
    /// Hands what there is already to `sink`.
    void read_left(const std::function<void(std::string_view)>& sink) const;
    void write(std::string_view bytes);
    /// A file for who writes by himself, and then says how much; -1 for standard output.
    int descriptor() const noexcept { return file_ ? file_->descriptor() : -1; }
    void written(std::uint64_t bytes) noexcept { size_ += bytes; }
    void finish();
    /// Keeps nothing.
    void drop() noexcept { source_ = {}; }

private:
    cli::Output& out_;
    std::optional<WholeFile> file_;
    Escaper escaper_;
    Source source_;
    std::uint64_t size_ = 0;
    std::uint64_t resumed_ = 0;
    bool finished_ = false;
};

}  // namespace nettool::commands
