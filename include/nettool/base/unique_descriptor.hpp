#pragma once
// A file descriptor that is closed with its owner.

#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace nettool {

class UniqueDescriptor {
public:
    UniqueDescriptor() = default;
    explicit UniqueDescriptor(int descriptor) noexcept : descriptor_(descriptor) {}
    UniqueDescriptor(UniqueDescriptor&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)) {}
    UniqueDescriptor& operator=(UniqueDescriptor&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~UniqueDescriptor() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    int get() const noexcept { return descriptor_; }
    int release() noexcept { return std::exchange(descriptor_, -1); }
    /// Another descriptor of the same open file; none when the system has none left.
    UniqueDescriptor duplicated() const noexcept {
        return UniqueDescriptor(::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0));
    }
    explicit operator bool() const noexcept { return descriptor_ >= 0; }

private:
    int descriptor_ = -1;
};

}  // namespace nettool
