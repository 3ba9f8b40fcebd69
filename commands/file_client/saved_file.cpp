#include "saved_file.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/message.hpp"
#include "nettool/proto/web/base64.hpp"

#include <filesystem>
#include <utility>

namespace nettool::commands {
namespace {

WholeFile::Options options_for(const std::string& path, const SavedFile::Options& options) {
    std::error_code none;
    const bool there = std::filesystem::exists(std::filesystem::symlink_status(path, none));
    if (there && !options.force)
        throw Failure(Fault::local, path + " exists already; --force replaces it");
    if (there && !std::filesystem::is_regular_file(path, none))
        throw Failure(Fault::local, path + " is not a regular file");
    using Existing = WholeFile::Existing;
    return {options.force ? Existing::replace : Existing::keep, options.resume};
}

}  // namespace

SavedFile::SavedFile(std::string path, const Options& options)
    : path_(std::move(path)), options_(options), file_(path_, options_for(path_, options)) {}

void SavedFile::resume() {
    file_.read_left([this](std::string_view bytes) {
        digest_.update(bytes);
        size_ += bytes.size();
    });
    resumed_ = size_;
    touched_ = true;
}

void SavedFile::restart() {
    file_.restart();
    touched_ = true;
    digest_.finish_raw();
    size_ = resumed_ = 0;
}

void SavedFile::write(std::string_view bytes) {
    file_.write(bytes);
    digest_.update(bytes);
    size_ += bytes.size();
}

bool SavedFile::verify(std::string_view announced) {
    constexpr std::string_view key = "sha-256=:";
    const auto sha256 = digest_.finish_raw();
    sha256_ = hex(sha256);
    std::optional<bool> same;
    const auto ours = proto::repr_digest(sha256);
    http::for_each_member(announced, [&](std::string_view member) {
        if (member.starts_with(key)) same = member == ours;
    });
    if (same == false)
        throw Failure(Fault::local, "what came is not what the server has: its digest is " +
                                        quoted(announced, 200) + ", not " + ours);
    return same.has_value();
}

void SavedFile::commit() { file_.commit(); }

void SavedFile::give_up(std::chrono::sys_seconds modified) {
    const auto left = file_.left();
    if (!options_.resume || !left) return;
    // Of the time of the file that these bytes are of: the server's, or what they had before.
    file_.leave(touched_ ? modified : left->modified);
}

}  // namespace nettool::commands
