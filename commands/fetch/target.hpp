#pragma once
// Where fetch writes a body.

#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/output.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::commands {

/// Standard output, where a terminal is shown nothing that could drive it, or a file that is there
/// when it is whole.
class Target {
public:
    Target(cli::Output& out, const std::string& path) : out_(out) {
        if (path != "-") file_.emplace(path);
    }

    void write(std::string_view bytes) {
        size_ += bytes.size();
        if (file_) return file_->write(bytes);
        if (!out_.sink().is_terminal()) return out_.write(bytes);
        std::string text(bytes);
        for (auto at = text.find("\r\n"); at != text.npos; at = text.find("\r\n", at))
            text.erase(at, 1);
        out_.write(escaper_.feed(text));
    }

    void finish() {
        if (file_) return file_->commit();
        out_.write(escaper_.flush());
    }

    std::uint64_t size() const noexcept { return size_; }

private:
    cli::Output& out_;
    std::optional<WholeFile> file_;
    Escaper escaper_;
    std::uint64_t size_ = 0;
};

}  // namespace nettool::commands
