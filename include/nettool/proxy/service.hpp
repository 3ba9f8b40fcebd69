#pragma once
// The proxy: what all of its connections share, and the strands that they live on.

#include "nettool/http/connection_pool.hpp"
#include "nettool/http/credentials.hpp"
#include "nettool/http/head_scan.hpp"
#include "nettool/net/connector.hpp"
#include "nettool/net/name_cache.hpp"
#include "nettool/net/relay.hpp"
#include "nettool/proto/fault_rules.hpp"
#include "nettool/proto/web/url.hpp"
#include "nettool/proxy/destination.hpp"
#include "nettool/proxy/policy.hpp"
#include "nettool/proxy/transaction.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nettool::proxy {

/// What `when` of --inject may ask for.
inline constexpr std::array<std::string_view, 3> fault_fields = {"method", "url", "host"};

struct Limits {
    http::HeadLimits head{8UL * 1024 + 64, 64UL * 1024, 500};
    std::chrono::milliseconds head_time{10'000};  // for a whole head of a request
    std::chrono::milliseconds idle{60'000};       // of a client between two requests
    std::chrono::milliseconds timeout{30'000};    // of a server that has been asked
    std::chrono::milliseconds quiet{600'000};     // of a body or a tunnel in which nothing comes
    std::uint64_t max_body = UINT64_MAX;          // of a request
};

struct Settings {
    Limits limits;
    Style style = Style::forward;
    http::Strictness strictness = http::Strictness::strict;  // towards servers
    std::string pseudonym;                                   // in Via
    net::Family family = net::Family::any;                   // of servers
    bool is_traced = false;  // somebody sees what is sent and received: secrets are masked
    std::optional<proto::Url> upstream;  // another proxy that is asked for all
    std::optional<Destination> reverse;  // the one server that this one is for
};

/// A strand, and what the connections on it share: those of clients, and those to servers, which a
/// client on another strand could not use.
struct Lane {
    Lane(asio::any_io_executor on, net::Dialing dials)
        : strand(std::move(on)), dialing(std::move(dials)) {}

    static constexpr std::size_t most_kept = 256;

    asio::any_io_executor strand;
    net::Dialing dialing;
    http::ConnectionPool pool{most_kept};
    net::RelayTools tools;
};

/// Shared by all connections; everything it refers to outlives them.
class Service {
public:
    struct Parts {
        const Policy& policy;
        net::NameCache& names;
        Observer& observer;
        const http::Credentials* credentials = nullptr;  // null: nobody is asked
        proto::FaultRules* faults = nullptr;             // null: none
    };

    Service(Settings settings, const Parts& parts, std::vector<std::unique_ptr<Lane>> lanes);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// A client's connection, which lives on the strand of a lane.
    awaitable<void> serve(net::Stream client);

    const Settings& settings() const noexcept { return settings_; }
    const Parts& parts() const noexcept { return parts_; }
    std::uint64_t next_id() noexcept { return ++last_id_; }

private:
    Lane& lane_of(const net::Stream& client) const;

    Settings settings_;
    Parts parts_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::atomic<std::uint64_t> last_id_ = 0;
};

}  // namespace nettool::proxy
