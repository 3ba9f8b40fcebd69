#include "inbox_server.hpp"

#include "nettool/http/page_replies.hpp"
#include "nettool/net/resolver.hpp"
#include "nettool/net/task_group.hpp"

namespace nettool::commands {
InboxServer::InboxServer(cli::Context& context, cli::Server listener, std::string directory)
    : context_(context),
      listener_(std::move(listener)),
      inbox_(context.executor, std::move(directory), {net::own_name(), listener_.host()}),
      http_(
          {}, [this](http::Exchange& exchange) { return inbox_.answer(exchange); },
          [](const http::Exchange&) {}) {
    listener_.admit(http::most_page_connections, std::string(http::page_busy));
    listener_.share_strand();
}

bool InboxServer::is_first(const net::Endpoint& place) { return inbox_.receive_at(place); }

awaitable<void> InboxServer::serve() const {
    co_await net::hear_requests_to_stop();
    auto session = [this](net::Stream stream) { return http_.serve(std::move(stream)); };
    co_await listener_.serve(context_, session);
}

}  // namespace nettool::commands
