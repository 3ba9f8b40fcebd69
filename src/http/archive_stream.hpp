#pragma once
// Walks through a directory and sends what is in it as an archive, in constant memory.

#include "archive_writer.hpp"
#include "nettool/http/exchange.hpp"
#include "nettool/http/file_root.hpp"

#include <memory>
#include <string>
#include <vector>

namespace nettool::http {

/// What cannot be read is named in a text at the end of the archive.  A directory behind a link is
/// not entered: it is packed where it is, or would be for ever.
class ArchiveStream {
public:
    ArchiveStream(Exchange& exchange, ArchiveWriter& packer, std::shared_ptr<const FileRoot> root,
                  std::size_t max_entries)
        : exchange_(exchange), packer_(packer), root_(std::move(root)), left_(max_entries) {}

    /// `name`: what the paths in the archive begin with.  Errc::file_changed when a file did, and
    /// Errc::message_too_long for more entries than there may be: the connection is lost then.
    awaitable<result<void>> send(std::string name, std::vector<std::string> names,
                                 const OpenedFile& directory);

private:
    struct Place {
        std::string path;  // in the archive
        std::vector<std::string> names;
        std::chrono::sys_seconds modified;
    };

    awaitable<result<void>> add_directory(const Place& place);
    awaitable<result<void>> add_file(const Place& place);
    awaitable<result<void>> add_note();
    awaitable<result<void>> flush(std::size_t more_than);

    Exchange& exchange_;
    ArchiveWriter& packer_;
    std::shared_ptr<const FileRoot> root_;
    std::size_t left_;
    std::vector<Place> to_do_;
    std::string top_;
    std::string missing_;
};

}  // namespace nettool::http
