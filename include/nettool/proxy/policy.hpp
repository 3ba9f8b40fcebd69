#pragma once
// Who may ask a proxy, for which hosts, and to which addresses that may lead.

#include "nettool/net/endpoint.hpp"
#include "nettool/proto/web/host_rules.hpp"
#include "nettool/proxy/port_set.hpp"
#include "nettool/proxy/refused.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace nettool::proxy {

/// Decides and does nothing; used by any thread.
class Policy {
public:
    struct Options {
        std::vector<proto::HostRule> allow_from;  // clients: these and this machine; empty: all
        std::vector<proto::HostRule> allow;       // hosts, as they are asked for; empty: all
        std::vector<proto::HostRule> deny;        // wins; networks hold for what names mean, too
        PortSet connect_ports{{{443, 443}}};
        bool allow_private = false;                 // to clients on other machines
        bool has_users = false;                     // who asks must say who he is
        std::vector<asio::ip::address> interfaces;  // this machine's, see net::own_addresses()
    };

    explicit Policy(Options options) : options_(std::move(options)) {}

    /// For each listener.
    void listens_on(const net::Endpoint& own);

    /// Whether clients on other machines are served, whoever they are.
    bool is_open() const noexcept;

    std::optional<Refused> judge_client(const net::Endpoint& client) const;

    /// Whether a rule is about what names turn out to mean.
    bool judges_addresses() const noexcept;

    /// By its name, or by its address if that is what it is; `connect`: for a tunnel.
    std::optional<Refused> judge_host(std::string_view host, std::uint16_t port,
                                      bool connect) const;

    /// One of the addresses that a host turned out to have, in whatever form. `http_request_denied`
    /// where only another one of them may do; else the host is not to be asked at all.
    std::optional<Refused> judge_address(const asio::ip::address& written, std::uint16_t port,
                                         std::string_view host) const;

private:
    struct Own {
        asio::ip::address address;
        std::uint16_t port = 0;
    };

    bool is_allowed(const asio::ip::address& meant, std::uint16_t port,
                    std::string_view host) const;
    bool is_own(const asio::ip::address& meant, std::uint16_t port) const;
    bool is_alias(const asio::ip::address& own, const asio::ip::address& meant) const;

    Options options_;
    mutable std::mutex mutex_;  // of the next
    std::vector<Own> own_;
    std::atomic<bool> beyond_loopback_ = false;
};

}  // namespace nettool::proxy
