#include "picture_store.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/clock.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/file_name.hpp"
#include "nettool/proto/web/http_date.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool::commands {
namespace {

constexpr auto note_name = "origin";
constexpr std::size_t max_note_bytes = 3072;  // ext4 has 4096 for all of a file

// `photo.JPG` and `.JPG`
std::string_view extension_of(std::string_view name) {
    const auto dot = name.rfind('.');
    return dot == name.npos || dot == 0 ? std::string_view() : name.substr(dot);
}

// The size and the time of a file, by which it is known to be the one that was written.
std::string state_of(const struct stat& status) {
    return fmt::format("{}.{}.{:09}", status.st_size, status.st_mtim.tv_sec,
                       status.st_mtim.tv_nsec);
}

// What stands in front of the next `end`, or all; both taken off.
std::string_view take_up_to(char end, std::string_view& text) {
    const auto taken = text.substr(0, text.find(end));
    text.remove_prefix(std::min(taken.size() + 1, text.size()));
    return taken;
}

// For reading; a link is not followed, a FIFO not waited for.
UniqueDescriptor opened(int directory, const char* name) {
    return UniqueDescriptor(
        ::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
}

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

std::optional<struct stat> status_of(int directory, const std::string& name) {
    struct stat status {};
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    return status;
}

std::string digest_of(int file) {
    Digest digest("sha256");
    std::array<char, 65'536> chunk;
    for (;;) {
        const auto n = ::read(file, chunk.data(), chunk.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0 ? digest.finish() : std::string();
        digest.update({chunk.data(), static_cast<std::size_t>(n)});
    }
}

// Runs what writes; a failure of it is one of the store.
template <class Job>
void stored(Job job) {
    try {
        job();
    } catch (const StoreFailure&) {
        throw;
    } catch (const Failure& failure) {
        throw StoreFailure(failure.fault(), failure.what());
    }
}

}  // namespace

void PictureStore::open() {
    std::error_code ec;
    std::filesystem::create_directories(path_, ec);
    if (ec) throw StoreFailure(Fault::local, "make directory " + path_, ec);
    directory_.emplace(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory_->get() < 0)
        throw StoreFailure(Fault::local, "open directory " + path_, last_error());
    const int again = ::openat(directory_->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, CloseDirectory> listing(again < 0 ? nullptr : ::fdopendir(again));
    if (!listing) throw StoreFailure(Fault::local, "read directory " + path_, last_error());
    while (const auto* entry = ::readdir(listing.get())) {
        const std::string name(entry->d_name);
        if (name.starts_with('.') || (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN))
            continue;
        const auto file = opened(directory_->get(), name.c_str());
        struct stat status {};
        if (file.get() < 0 || ::fstat(file.get(), &status) != 0) continue;
        const auto note = note_of(file.get(), note_name);
        for (std::string_view lines(note); !lines.empty();) {
            auto line = take_up_to('\n', lines);
            const auto of_name = take_up_to('\t', line);
            const std::string url(take_up_to('\t', line));
            const std::string etag(take_up_to('\t', line)), time(take_up_to('\t', line));
            if (of_name == name && line == state_of(status)) origins_[url] = {name, etag, time};
        }
    }
}

void PictureStore::remember(const Image& image) {
    if (image.file.empty() || image.file.find('/') != std::string::npos) return;
    if (origins_.contains(image.url) || !is_same(image.file, image)) return;
    std::tm time{};
    std::string modified;
    if (::strptime(image.last_modified.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time) != nullptr)
        modified = proto::http_date(std::chrono::sys_seconds(std::chrono::seconds(timegm(&time))));
    origins_.emplace(image.url, Origin{image.file, image.etag, modified});
}

const PictureStore::Origin* PictureStore::origin_of(const std::string& url) const {
    const auto found = origins_.find(url);
    return found == origins_.end() ? nullptr : &found->second;
}

std::string PictureStore::reserve(const proto::Url& url) {
    auto name = url.is_web() ? proto::file_name_of_path(url.path) : std::string("inline");
    if (name == "index.html") name = "image";
    const auto key = ascii_lowered(name);
    auto numbered = name;
    while (!taken_.insert(ascii_lowered(numbered)).second)
        numbered = proto::numbered_file_name(name, ++numbers_.try_emplace(key, 1).first->second);
    return numbered;
}

bool PictureStore::has_same(const std::string& name, const std::string& last_modified,
                            std::uint64_t size) const {
    const auto time = proto::parse_http_date(last_modified, present_second());
    const auto status = status_of(directory_->get(), name);
    return time && status && S_ISREG(status->st_mode) &&
           status->st_mtim.tv_sec == time->time_since_epoch().count() &&
           static_cast<std::uint64_t>(status->st_size) == size;
}

PictureStore::Incoming::Incoming(const PictureStore& store)
    : file_(store.directory_->get(), "an image", WholeFile::Existing::keep) {}

void PictureStore::Incoming::write(std::string_view bytes) {
    stored([&] { file_.write(bytes); });
    digest_.update(bytes);
    size_ += bytes.size();
}

bool PictureStore::is_same(const std::string& name, const Image& image) const {
    const auto file = opened(directory_->get(), name.c_str());
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    return static_cast<std::uint64_t>(status.st_size) == image.size_bytes &&
           digest_of(file.get()) == image.sha256;
}

// `there`: it is that of a file with this very content.
std::string PictureStore::free_name(const std::string& wanted, const std::string& reserved,
                                    const Image& image, bool& there) {
    for (unsigned number = 1;; ++number) {
        auto name = number == 1 ? wanted : proto::numbered_file_name(wanted, number);
        if (name != reserved && taken_.contains(ascii_lowered(name))) continue;
        there = is_same(name, image);
        if (!there && status_of(directory_->get(), name)) continue;
        taken_.insert(ascii_lowered(name));
        return name;
    }
}

// False where the file system cannot.
bool PictureStore::link(const Image& image, const std::string& name) const {
    const auto found = contents_.find(image.sha256);
    if (found == contents_.end()) return false;
    return ::linkat(directory_->get(), found->second.c_str(), directory_->get(), name.c_str(), 0) ==
           0;
}

void PictureStore::note_link(const std::string& name, const std::string& note) const {
    const auto file = opened(directory_->get(), name.c_str());
    if (file.get() < 0) return;
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return;
    // Lines of what the file was before are of no use.
    std::string kept;
    const auto old = note_of(file.get(), note_name);
    for (std::string_view lines(old); !lines.empty();) {
        const auto line = take_up_to('\n', lines);
        if (line.ends_with("\t" + state_of(status))) kept.append(line) += '\n';
    }
    kept += note + state_of(status) + "\n";
    if (kept.size() <= max_note_bytes) set_note_of(file.get(), note_name, kept);
}

void PictureStore::keep(Incoming& incoming, const std::string& reserved,
                        const proto::ImageType& type, const std::string& last_modified,
                        Image& image) {
    image.type = type.media_type;
    image.size_bytes = incoming.size_;
    image.sha256 = incoming.digest_.finish();
    const auto* origin = origin_of(image.url);
    const bool named = proto::is_extension_of(extension_of(reserved), type);
    bool there = false;
    bool replaces = false;
    if (origin && proto::is_extension_of(extension_of(origin->file), type)) {
        image.file = origin->file;
        there = is_same(image.file, image);
        replaces = !there;
    } else {
        const auto wanted = named ? reserved : reserved + std::string(type.extension);
        image.file = free_name(wanted, reserved, image, there);
    }
    image.result = there ? "unchanged" : "saved";
    if (!there && !replaces && link(image, image.file)) {
        image.result = "linked";
    } else if (!there) {
        stored([&] {
            if (const auto time = proto::parse_http_date(last_modified, present_second()))
                incoming.file_.set_modified(*time);
            using Existing = WholeFile::Existing;
            incoming.file_.commit_as(image.file, replaces ? Existing::replace : Existing::keep);
        });
    }
    contents_.try_emplace(image.sha256, image.file);
    const auto note =
        image.file + "\t" + image.url + "\t" + image.etag + "\t" + last_modified + "\t";
    note_link(image.file, note);
}

}  // namespace nettool::commands
