#include "path_walk.hpp"

#include <array>
#include <climits>
#include <deque>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nettool::http {
namespace {

class Walk {
public:
    Walk(int root, int flags) : root_(root), flags_(flags) {}

    result<UniqueDescriptor> run(std::string_view path) {
        prepend(path);
        while (!names_.empty()) {
            const auto name = std::move(names_.front());
            names_.pop_front();
            if (const error_code ec = step(name)) return ec;
            if (found_) return std::move(found_);
        }
        UniqueDescriptor here(::openat(position(), ".", flags_));
        if (!here) return last_error();
        return here;
    }

private:
    static constexpr std::size_t max_links = 40;   // as the kernel's own
    static constexpr std::size_t max_depth = 256;  // descriptors that are held

    int position() const { return entered_.empty() ? root_ : entered_.back().get(); }

    void prepend(std::string_view path) {
        std::vector<std::string> names;
        while (!path.empty()) {
            const auto slash = path.find('/');
            if (slash != 0) names.emplace_back(path.substr(0, slash));
            path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
        }
        names_.insert(names_.begin(), names.begin(), names.end());
    }

    error_code step(const std::string& name) {
        if (name == ".") return {};
        if (name == "..") {
            if (entered_.empty()) return system_error_of(EXDEV);
            entered_.pop_back();
            return {};
        }
        UniqueDescriptor next(::openat(position(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        struct stat status {};
        if (!next || ::fstat(next.get(), &status) != 0) return last_error();
        if (S_ISLNK(status.st_mode)) return follow(next.get());
        if (S_ISDIR(status.st_mode)) {
            if (entered_.size() == max_depth) return system_error_of(ENAMETOOLONG);
            entered_.push_back(std::move(next));
            return {};
        }
        if (!names_.empty()) return system_error_of(ENOTDIR);
        found_ = UniqueDescriptor(::openat(position(), name.c_str(), flags_ | O_NOFOLLOW));
        return found_ ? error_code() : last_error();
    }

    error_code follow(int link) {
        if (++links_ > max_links) return system_error_of(ELOOP);
        std::array<char, PATH_MAX> target;
        const auto n = ::readlinkat(link, "", target.data(), target.size());
        if (n <= 0) return last_error();
        const std::string_view text(target.data(), static_cast<std::size_t>(n));
        if (text.starts_with('/')) return system_error_of(EXDEV);
        prepend(text);
        return {};
    }

    int root_;
    int flags_;
    std::deque<std::string> names_;  // still to go
    std::vector<UniqueDescriptor> entered_;
    UniqueDescriptor found_;
    std::size_t links_ = 0;
};

}  // namespace

result<UniqueDescriptor> open_by_walking(int root, const std::string& path, int flags) {
    return Walk(root, flags).run(path);
}

}  // namespace nettool::http
