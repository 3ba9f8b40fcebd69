#pragma once
// A page that shows the requests side by side while they are under way, and the JSON it is made of.

#include "live_feed.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/http/server.hpp"
#include "nettool/http/visitor_guard.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace nettool::commands {

/// Lives on the command's strand, but for what it observes.
class LivePage final : public proxy::Observer {
public:
    /// `listener`: for browsers.
    LivePage(cli::Context& context, cli::Server listener, const KeptRequests::Limits& limits = {});

    bool wants_heads() const noexcept override { return true; }
    void begun(const proxy::Transaction& transaction) override;
    void opened(const proxy::Transaction& transaction) override;
    void ended(const proxy::Transaction& transaction) override;

    /// Tells the page where the proxy is; true for the first such place.
    bool is_first(const net::Endpoint& place);

    /// Until it is told to stop.
    awaitable<void> serve() const;

private:
    awaitable<result<void>> answer(http::Exchange& exchange) const;
    awaitable<result<void>> answer_api(http::Exchange& exchange, std::string_view path) const;
    awaitable<result<void>> list(http::Exchange& exchange) const;
    awaitable<result<void>> show(http::Exchange& exchange, std::string_view id) const;
    awaitable<result<void>> send_archive(http::Exchange& exchange) const;

    cli::Context& context_;
    cli::Server listener_;
    std::shared_ptr<LiveFeed> feed_;
    http::VisitorGuard guard_;
    http::Server http_;
    std::optional<net::Endpoint> place_;
};

}  // namespace nettool::commands
