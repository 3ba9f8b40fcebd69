#pragma once
// Where whole lines go: a descriptor, or a string in tests; from any thread, never half a line.

#include "nettool/base/asio.hpp"
#include "nettool/base/unique_descriptor.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::cli {

/// After the first failure everything is thrown away, and `on_failure` has been called once.
class Sink {
public:
    virtual ~Sink() = default;
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    void write(std::string_view bytes);
    error_code error() const;

    /// Called by the thread whose write failed; set before the first write.
    std::function<void()> on_failure;

    virtual bool is_terminal() const { return false; }
    /// Columns of the terminal; 80 where there is none.
    virtual unsigned columns() const { return 80; }

private:
    virtual error_code write_all(std::string_view bytes) = 0;

    mutable std::mutex mutex_;
    error_code error_;
};

/// Standard output or error.  A write that waits for its reader fails 1.5 s after a signal came,
/// with errc::interrupted.  Pipes and terminals are opened anew, so that no write blocks beyond the
/// reach of a signal that came right before it; their flags belong to the parent too.
class DescriptorSink final : public Sink {
public:
    /// `signalled`: set by the signal's handler, for the signal may have come before the wait.
    explicit DescriptorSink(int descriptor, const std::atomic<bool>* signalled = nullptr)
        : descriptor_(descriptor), signalled_(signalled) {}

    bool is_terminal() const override;
    unsigned columns() const override;

private:
    error_code write_all(std::string_view bytes) override;
    int target();

    int descriptor_;
    const std::atomic<bool>* signalled_;
    std::optional<UniqueDescriptor> reopened_;  // from the first write on; may be none
};

class StringSink final : public Sink {
public:
    std::string text() const;

private:
    error_code write_all(std::string_view bytes) override;

    mutable std::mutex mutex_;
    std::string text_;
};

}  // namespace nettool::cli
