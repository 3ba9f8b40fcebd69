#pragma once
// A line for each request: Common or Combined Log Format, or JSON.

#include "nettool/base/file.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/http/exchange.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace nettool::commands {

struct Served {
    static constexpr std::string_view event = "request";
    std::string time;  // RFC 3339
    net::Endpoint peer;
    std::string user;
    std::string method;
    std::string target;
    unsigned status = 0;
    std::uint64_t size_bytes = 0;
    double time_ms = 0;
    std::string referer;
    std::string user_agent;

    std::string line;  // as the log has it
};
BOOST_DESCRIBE_STRUCT(Served, (),
                      (time, peer, user, method, target, status, size_bytes, time_ms, referer,
                       user_agent))
std::string print(const Served& served);

enum class LogFormat { common, combined, none };

/// Used from every session's strand.
class AccessLog {
public:
    /// `file`: instead of the results; may be empty.
    AccessLog(cli::Context& context, LogFormat format, const std::string& file);

    void note(const http::Exchange& exchange);
    /// Whether every line could be written.
    bool whole() const { return whole_; }

private:
    std::string line_of(const Served& served, WallTime received) const;
    void append(const std::string& line);

    cli::Context& context_;
    LogFormat format_;
    std::unique_ptr<AppendFile> file_;
    std::atomic<bool> whole_ = true;
};

}  // namespace nettool::commands
