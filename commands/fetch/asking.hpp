#pragma once
// What fetch asks for: the options of a request, and the requests made of them.

#include "nettool/cli/command.hpp"
#include "nettool/http/request.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nettool::commands {

class Asking {
public:
    void declare(cli::OptionSet& options);

    /// Throws UsageError for options that contradict one another.
    void check() const;

    /// Throws UsageError for what cannot be asked, and Failure (local) for files that cannot be
    /// read.
    http::Request request_for(const cli::Context& context, const std::string& url) const;

    bool asks_head_only() const noexcept { return head_; }
    bool is_compressed() const noexcept { return compressed_; }
    bool asks_range() const noexcept { return !range_.empty(); }

private:
    void log_in(http::Request& request) const;
    void add_data(const cli::Context& context, http::Request& request) const;
    void add_form(const cli::Context& context, http::Request& request) const;
    void add_headers(http::Request& request) const;
    std::string text_of(const cli::Context& context, const std::string& path) const;

    bool head_ = false;
    std::string method_;
    std::vector<std::string> headers_;
    std::string user_;
    std::vector<std::string> data_;
    std::vector<std::string> data_binary_;
    std::vector<std::string> form_;
    cli::Size max_data_{256UL * 1024 * 1024};
    std::string range_;
    bool compressed_ = false;
    bool http10_ = false;
};

}  // namespace nettool::commands
