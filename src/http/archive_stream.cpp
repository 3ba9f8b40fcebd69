#include "archive_stream.hpp"

#include "nettool/base/errc.hpp"
#include "nettool/net/offload.hpp"

#include <algorithm>

namespace nettool::http {
namespace {

constexpr std::size_t piece_bytes = 256UL * 1024;

}  // namespace

awaitable<result<void>> ArchiveStream::send(std::string name, std::vector<std::string> names,
                                            const OpenedFile& directory) {
    const std::chrono::seconds modified(directory.status.st_mtim.tv_sec);
    top_ = name;
    to_do_.push_back({std::move(name), std::move(names), std::chrono::sys_seconds(modified)});
    while (!to_do_.empty()) {
        const auto place = std::move(to_do_.back());
        to_do_.pop_back();
        const auto added = co_await add_directory(place);
        if (!added) co_return added.error();
    }
    if (!missing_.empty()) {
        const auto noted = co_await add_note();
        if (!noted) co_return noted.error();
    }
    packer_.finish();
    const auto sent = co_await flush(0);
    if (!sent) co_return sent.error();
    co_return co_await exchange_.end();
}

awaitable<result<void>> ArchiveStream::add_directory(const Place& place) {
    auto job = [root = root_, names = place.names, max = left_]() -> result<DirectoryListing> {
        const auto directory = root->open(names);
        if (!directory) return directory.error();
        return root->list(*directory, names, max);
    };
    const auto listing = co_await net::offload(std::move(job));
    if (!listing) {
        missing_ += place.path + "/\n";
        co_return result<void>();
    }
    if (listing->truncated) co_return Errc::message_too_long;
    left_ -= listing->entries.size();
    packer_.add_directory(place.path, place.modified);
    const auto first = to_do_.size();
    for (const auto& entry : listing->entries) {
        Place below{place.path + "/" + entry.name, place.names, entry.modified};
        below.names.push_back(entry.name);
        if (!entry.is_directory) {
            const auto added = co_await add_file(below);
            if (!added) co_return added.error();
        } else if (!entry.is_link) {
            to_do_.push_back(std::move(below));
        }
    }
    std::reverse(to_do_.begin() + static_cast<std::ptrdiff_t>(first), to_do_.end());
    co_return co_await flush(piece_bytes);
}

awaitable<result<void>> ArchiveStream::add_file(const Place& place) {
    const auto file = root_->open(place.names);
    if (!file || file->is_directory()) {
        missing_ += place.path + "\n";
        co_return result<void>();
    }
    packer_.begin_file(place.path, file->size(), place.modified);
    std::string chunk;
    for (std::uint64_t at = 0; at < file->size(); at += chunk.size()) {
        chunk.resize(std::min<std::uint64_t>(file->size() - at, piece_bytes));
        // The packer would fill up with zeros what is missing.
        const auto read = read_at(file->descriptor.get(), at, chunk);
        if (!read) co_return read.error();
        packer_.data(chunk);
        const auto sent = co_await flush(piece_bytes);
        if (!sent) co_return sent.error();
    }
    co_return co_await flush(piece_bytes);
}

awaitable<result<void>> ArchiveStream::add_note() {
    const auto text = "These could not be read, and are not in this archive:\n" + missing_;
    const auto now = std::chrono::floor<std::chrono::seconds>(exchange_.received());
    packer_.begin_file(top_ + "/NOT-IN-THIS-ARCHIVE.txt", text.size(), now);
    packer_.data(text);
    co_return co_await flush(piece_bytes);
}

awaitable<result<void>> ArchiveStream::flush(std::size_t more_than) {
    auto& packed = packer_.packed();
    if (packed.size() <= more_than) co_return result<void>();
    const auto written = co_await exchange_.write(packed);
    packed.clear();
    co_return written;
}

}  // namespace nettool::http
