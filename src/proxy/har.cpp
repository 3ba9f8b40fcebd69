#include "nettool/proxy/har.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/proxy/har_entry.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool::proxy {
namespace {

bool is_regular(int file) {
    struct stat status {};
    return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

error_code truncate(int file, std::uint64_t size) {
    return ::ftruncate(file, static_cast<off_t>(size)) == 0 ? error_code() : last_error();
}

}  // namespace

HarFile::HarFile(std::string path, OnTrouble on_trouble)
    : path_(std::move(path)), on_trouble_(std::move(on_trouble)) {
    constexpr mode_t owner_only = 0600;
    constexpr int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK;  // a FIFO keeps nobody
    file_ = UniqueDescriptor(::open(path_.c_str(), flags, owner_only));
    if (!file_) throw Failure(Fault::local, "write " + path_, last_error());
    // Every entry is written over the end of the archive.
    if (!is_regular(file_.get()))
        throw Failure(Fault::local, "cannot write " + path_ + ": this is no regular file");
    const auto begin = har_begin();
    auto ec = truncate(file_.get(), 0);
    if (!ec) ec = write_at(0, begin + std::string(har_end));
    if (ec) throw Failure(Fault::local, "write " + path_, ec);
    end_ = begin.size();
}

void HarFile::add(const Transaction& transaction) {
    const auto ec = append(har_entry(transaction));
    if (ec && whole_.exchange(false))
        on_trouble_(Failure(Fault::local, "write " + path_, ec).what());
}

error_code HarFile::append(std::string entry) {
    const std::lock_guard lock(mutex_);
    entry.insert(0, is_empty_ ? "\n" : ",\n");
    const auto size = entry.size();
    const auto ec = write_at(end_, entry += har_end);
    if (ec) {
        restore();
        return ec;
    }
    end_ += size;
    is_empty_ = false;
    return {};
}

// The place is the file's already, so that a full disk takes it.
void HarFile::restore() const {
    (void)write_at(end_, har_end);
    (void)truncate(file_.get(), end_ + har_end.size());
}

// A single call, unless the disk takes less.
error_code HarFile::write_at(std::uint64_t offset, std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto n =
            ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno != EINTR) return last_error();
        if (n <= 0) continue;
        offset += static_cast<std::uint64_t>(n);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

}  // namespace nettool::proxy
