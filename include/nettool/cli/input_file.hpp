#pragma once
// What a command reads: a file that is named, or standard input.

#include "nettool/base/unique_descriptor.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/net/descriptor.hpp"

#include <string>

namespace nettool::cli {

/// Read without blocking a strand, whatever it is.
class InputFile {
public:
    /// `-` is standard input.  Throws Failure (local).
    InputFile(const Context& context, const std::string& path);

    /// At least one byte, or none at the end.  Throws Failure (local), and operation_aborted when
    /// cancelled.
    awaitable<std::size_t> read(asio::mutable_buffer buffer);

    /// For messages: `standard input`, or the path.
    const std::string& name() const noexcept { return name_; }

private:
    std::string name_;
    UniqueDescriptor own_;
    net::Descriptor descriptor_;
};

}  // namespace nettool::cli
