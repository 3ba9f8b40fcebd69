#pragma once
// The listener for browsers beside the mail server's own.

#include "inbox.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/http/server.hpp"

#include <string>

namespace nettool::commands {

/// Lives on the command's strand, but for notify().
class InboxServer {
public:
    InboxServer(cli::Context& context, cli::Server listener, std::string directory);

    /// Tells the page where mail is taken; true for the first such place.
    bool is_first(const net::Endpoint& place);

    /// From any strand.
    void notify(const Mail& mail) const { inbox_.notify(mail); }

    /// Until it is told to stop.
    awaitable<void> serve() const;

private:
    cli::Context& context_;
    cli::Server listener_;
    Inbox inbox_;
    http::Server http_;
};

}  // namespace nettool::commands
