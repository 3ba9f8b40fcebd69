#pragma once
// The options that say who may use the proxy, and for what.

#include "nettool/cli/server.hpp"
#include "nettool/http/credentials.hpp"
#include "nettool/proxy/policy.hpp"

#include <memory>
#include <string>
#include <vector>

namespace nettool::commands {

class AccessRules {
public:
    void declare(cli::OptionSet& options);

    /// Throws UsageError for a rule that is none, and Failure (local) for a file of users.
    proxy::Policy policy() const;
    /// Null: nobody is asked who he is.
    std::shared_ptr<const http::Credentials> credentials() const;

    /// Whether anything is said of which servers may be asked.
    bool judges_servers() const noexcept {
        return !allow_.empty() || !deny_.empty() || connect_ports_ != default_ports;
    }

    /// A proxy for everybody is a weapon: one for others than this machine says whom it serves.
    /// Throws UsageError.
    awaitable<void> check(const cli::Server& server) const;
    static std::string open_to_all(std::string_view place = "such a descriptor");

private:
    bool is_limited() const noexcept {
        return !auth_.empty() || !auth_file_.empty() || !allow_from_.empty();
    }

    std::vector<std::string> auth_;
    std::string auth_file_;
    std::vector<std::string> allow_from_, allow_, deny_;
    static constexpr std::string_view default_ports = "443";
    std::string connect_ports_{default_ports};
    bool allow_private_ = false;
};

}  // namespace nettool::commands
