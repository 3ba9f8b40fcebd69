#pragma once
// Files as commands write them: whole or not at all, or line by line at the end.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nettool {

/// Written to `.NAME.part` beside its path and renamed when it is whole; a device or FIFO is
/// written directly, a symbolic link followed; `-` is standard output.  Everything throws Failure
/// (local) naming the path.
class WholeFile {
public:
    enum class Existing { replace, keep };                           // a file that is there already
    enum Access : unsigned { everybody = 0666, owner_only = 0600 };  // less what the umask takes
    struct Options {
        Existing existing = Existing::replace;
        bool resume = false;  // goes on with what an earlier attempt has left, see leave()
        Access access = Access::everybody;
    };

    explicit WholeFile(std::string path) : WholeFile(std::move(path), Options{}) {}
    WholeFile(std::string path, const Options& options);
    /// `name` in a directory that is open as long as this lives: a link of that name is never
    /// followed, and several may be written to one name side by side.
    WholeFile(int directory, std::string name, Existing existing);
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;
    ~WholeFile();  // without commit() or leave() nothing has happened

    /// What an earlier attempt has left: how many bytes, and of which time it says they are.
    struct Left {
        std::uint64_t bytes = 0;
        std::chrono::sys_seconds modified;
    };
    std::optional<Left> left() const;
    /// Hands these bytes to `sink`.
    void read_left(const std::function<void(std::string_view)>& sink) const;

    void write(std::string_view bytes);
    /// For who writes by himself at its offset; write() goes on behind that.
    int descriptor() const noexcept { return descriptor_; }
    /// Waits until the disk has it.
    void sync();
    /// Drops all that was written, and what an earlier attempt has left.
    void restart();
    /// The time the file will have.
    void set_modified(std::chrono::sys_seconds modified);
    /// See note_of() and set_note_of().
    void set_note(const std::string& name, std::string_view value);
    std::string note(const std::string& name) const;

    /// With Existing::keep and a file that has come meanwhile: File exists.
    void commit();
    /// Under another name in the same directory.
    void commit_as(std::string name, Existing existing);
    /// Leaves what there is for a later attempt to resume, as of this time.
    void leave(std::chrono::sys_seconds modified);
    void leave();

private:
    void open_part();

    std::string path_;
    int directory_;       // what the next two are relative to
    std::string target_;  // what `part_` becomes
    std::string part_;    // empty: written directly, or committed
    Options options_;
    int descriptor_ = -1;
};

/// Notes something beside the bytes of a file that is open, as an extended attribute (xattr(7));
/// not every file system keeps it.  An empty value takes it away.
void set_note_of(int descriptor, const std::string& name, std::string_view value);
/// What has been noted; empty for nothing.
std::string note_of(int descriptor, const std::string& name);

/// A WholeFile of `text`.
void write_whole_file(const std::string& path, std::string_view text);

/// All of a file, pipe or device.  Throws Failure (local) naming the path, also for more than
/// `max_bytes`.
std::string read_whole_file(const std::string& path, std::uint64_t max_bytes);

/// Written as it comes, readable by its owner only.
class PrivateFile {
public:
    /// Begins anew what is there.  Throws Failure (local).
    explicit PrivateFile(std::string path);
    PrivateFile(const PrivateFile&) = delete;
    PrivateFile& operator=(const PrivateFile&) = delete;
    ~PrivateFile();

    void write(std::string_view bytes);  // throws Failure (local)

private:
    std::string path_;
    int descriptor_;
};

/// Appends whole lines, one write each, so that several processes may share the file.
class AppendFile {
public:
    /// `-` is standard output.  Throws Failure (local) when it cannot be opened.
    explicit AppendFile(std::string path);
    AppendFile(const AppendFile&) = delete;
    AppendFile& operator=(const AppendFile&) = delete;
    ~AppendFile();

    /// Throws Failure (local); half a line is not left behind then.
    void append(std::string_view line);
    /// Waits until the disk has it.  Throws Failure (local).
    void sync();

private:
    std::string path_;
    int descriptor_;
};

}  // namespace nettool
