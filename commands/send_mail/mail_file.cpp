// Files that are sent with a message, or are one.

#include "letter.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/input_file.hpp"

#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool::commands {
namespace {

constexpr std::size_t chunk = 64UL * 1024;
constexpr std::size_t most_in_memory = 64UL * 1024 * 1024;

awaitable<std::string> read_all(cli::Context& context, const std::string& path) {
    cli::InputFile input(context, path);
    std::string text;
    std::vector<char> buffer(chunk);
    for (;;) {
        const auto size = co_await input.read(asio::buffer(buffer));
        if (size == 0) co_return text;
        text.append(buffer.data(), size);
        if (text.size() > most_in_memory)
            throw Failure(Fault::local, input.name() +
                                            " is too long: it is no regular file, and "
                                            "more than 64M of it do not stay in memory");
    }
}

}  // namespace

awaitable<std::shared_ptr<MailFile>> MailFile::open(cli::Context& context, std::string path) {
    auto file = std::make_shared<MailFile>();
    file->path_ = std::move(path);
    UniqueDescriptor descriptor;
    struct stat status {};
    if (file->path_ != "-") {
        descriptor = UniqueDescriptor(::open(file->path_.c_str(), O_RDONLY | O_CLOEXEC));
        if (!descriptor || ::fstat(descriptor.get(), &status) != 0)
            throw Failure(Fault::local, "read " + escaped(file->path_), last_error());
        if (S_ISDIR(status.st_mode))
            throw Failure(Fault::local, "read " + escaped(file->path_), system_error_of(EISDIR));
    }
    if (S_ISREG(status.st_mode)) {
        file->size_ = static_cast<std::uint64_t>(status.st_size);
        file->file_ = std::move(descriptor);
        co_return file;
    }
    file->memory_ = co_await read_all(context, file->path_);
    file->size_ = file->memory_.size();
    co_return file;
}

std::string MailFile::read(std::uint64_t offset, std::size_t count) const {
    if (!file_) return memory_.substr(static_cast<std::size_t>(offset), count);
    std::string bytes(count, '\0');
    std::size_t have = 0;
    while (have < count) {
        const auto n = ::pread(file_.get(), bytes.data() + have, count - have,
                               static_cast<off_t>(offset + have));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw Failure(Fault::local, "read " + escaped(path_), last_error());
        // What was announced is not there any more, and the message must not be ended as if it
        // were whole.
        if (n == 0)
            throw Failure(Fault::local, escaped(path_) + " has become shorter while it was sent");
        have += static_cast<std::size_t>(n);
    }
    return bytes;
}

}  // namespace nettool::commands
