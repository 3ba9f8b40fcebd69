#pragma once
// The exception for what a command cannot go on without.

#include "nettool/base/asio.hpp"

#include <stdexcept>
#include <string>

namespace nettool {

/// Where the cause lies; the runner makes the exit status of it: 1, 3 or 4.
enum class Fault { refused, network, local };

/// what() is the whole message for the user, without the source locations of system_error::what().
class Failure : public std::runtime_error {
public:
    Failure(Fault fault, const std::string& message) : std::runtime_error(message), fault_(fault) {}

    /// "cannot <doing>: <reason of cause>".
    Failure(Fault fault, const std::string& doing, error_code cause)
        : Failure(fault, "cannot " + doing + ": " + cause.message()) {
        cause_ = cause;
    }

    Fault fault() const noexcept { return fault_; }
    error_code cause() const noexcept { return cause_; }  // where the system had one

private:
    Fault fault_;
    error_code cause_;
};

}  // namespace nettool
