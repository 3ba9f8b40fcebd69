#pragma once
// The options that say who gets to see the requests, and all who do.

#include "live_page.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/proxy/har.hpp"
#include "nettool/proxy/policy.hpp"
#include "request_line.hpp"
#include "request_log.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nettool::commands {

class Observers final : public proxy::Observer {
public:
    void declare(cli::OptionSet& options);

    /// `policy` hears where the page is.  Throws Failure for files that cannot be written.
    void open(cli::Context& context, proxy::Policy& policy);

    /// Which has to be served; null: nobody wants it.
    LivePage* page() const noexcept { return page_.get(); }

    bool wants_heads() const noexcept override { return wants_heads_; }
    void begun(const proxy::Transaction& transaction) override;
    void opened(const proxy::Transaction& transaction) override;
    void ended(const proxy::Transaction& transaction) override;

    /// Whether all could be written that was to be.
    bool whole() const noexcept;

private:
    void add(proxy::Observer& observer);

    RequestLog::Format format_ = RequestLog::Format::text;
    std::string log_file_;
    std::string har_path_;
    std::optional<std::uint16_t> web_port_;

    std::unique_ptr<RequestLog> log_;
    std::unique_ptr<proxy::HarFile> har_file_;
    std::unique_ptr<proxy::HarObserver> har_;
    std::unique_ptr<LivePage> page_;
    std::vector<proxy::Observer*> all_;
    bool wants_heads_ = false;
};

}  // namespace nettool::commands
