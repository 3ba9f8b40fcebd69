#pragma once
// A line for each request that has gone through the proxy, as a result or in a file.

#include "nettool/base/file.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/proxy/transaction.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace nettool::commands {

/// A tunnel gets its line when it ends.
class RequestLog final : public proxy::Observer {
public:
    enum class Format { text, none };

    /// `file`: lines of text are appended to it instead of the results; may be empty.  Throws
    /// Failure when it cannot be opened.
    RequestLog(cli::Context& context, Format format, const std::string& file);

    bool wants_heads() const noexcept override { return false; }
    void begun(const proxy::Transaction& /*transaction*/) override {}
    void opened(const proxy::Transaction& /*transaction*/) override {}
    void ended(const proxy::Transaction& transaction) override;

    /// Whether every line could be written to the file.
    bool whole() const noexcept { return whole_; }

private:
    void append(const std::string& line);

    cli::Context& context_;
    Format format_;
    std::unique_ptr<AppendFile> file_;
    std::atomic<bool> whole_ = true;
};

}  // namespace nettool::commands
