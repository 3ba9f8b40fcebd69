#pragma once
// The robots.txt of every site that is asked, each read once.

#include "nettool/http/client.hpp"
#include "nettool/proto/web/robots.hpp"

#include <map>
#include <string>

namespace nettool::commands {

class RobotsRules {
public:
    /// `client` outlives this.
    explicit RobotsRules(const http::Client& client) : client_(client) {}

    /// Reads that of the origin of `url`, unless it is known.  One that is not there allows all,
    /// one that cannot be read nothing (RFC 9309 §2.3.1).
    awaitable<void> learn(proto::Url url, net::Reach reach);

    /// True for an origin that is not known.
    bool allows(const proto::Url& url) const;

private:
    awaitable<proto::Robots> read(proto::Url url, net::Reach reach) const;

    const http::Client& client_;
    std::map<std::string, proto::Robots> known_;
};

}  // namespace nettool::commands
