#pragma once
// Files as commands write them: whole or not at all, or line by line at the end.

#include <string>
#include <string_view>

namespace nettool {

/// Writes `text` to `.NAME.part` beside `path` and renames it; a device or FIFO is written
/// directly, a symbolic link followed; `-` is standard output.  Throws Failure (local) naming the
/// path.
void write_whole_file(const std::string& path, std::string_view text);

/// Appends whole lines, one write each, so that several processes may share the file.
class AppendFile {
public:
    /// `-` is standard output.  Throws Failure (local) when it cannot be opened.
    explicit AppendFile(std::string path);
    AppendFile(const AppendFile&) = delete;
    AppendFile& operator=(const AppendFile&) = delete;
    ~AppendFile();

    /// Throws Failure (local).
    void append(std::string_view line);

private:
    std::string path_;
    int descriptor_;
};

}  // namespace nettool
