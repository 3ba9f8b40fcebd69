#pragma once
// The inbox: a page that shows what the mail server has stored, and the JSON that it is made of.

#include "mail_index.hpp"
#include "nettool/http/event_stream.hpp"
#include "nettool/http/visitor_guard.hpp"
#include "nettool/net/endpoint.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nettool::commands {

/// Lives on one strand, as do the connections it is asked over; but notify() is called from
/// anywhere.
class Inbox {
public:
    /// `names`: what the server may be called besides `localhost` and its addresses.
    Inbox(asio::any_io_executor strand, std::string directory, std::vector<std::string> names);

    /// A handler of http::Server.
    awaitable<result<void>> answer(http::Exchange& exchange);

    /// Where mail is taken, for the page to say; whether it is the first that it hears of.
    bool receive_at(const net::Endpoint& place);

    /// A message has been stored.
    void notify(const Mail& mail) const;

private:
    class Turn;

    awaitable<result<void>> answer_api(http::Exchange& exchange);

    std::shared_ptr<MailIndex> index_;  // also of work that is under way
    http::EventStream events_;
    http::VisitorGuard guard_;
    std::optional<net::Endpoint> place_;
    std::size_t at_work_ = 0;
    asio::steady_timer turns_;
};

}  // namespace nettool::commands
