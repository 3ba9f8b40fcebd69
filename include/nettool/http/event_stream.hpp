#pragma once
// Tells the pages that are open what happens, as it happens (Server-Sent Events, WHATWG HTML §9.2).

#include "nettool/http/exchange.hpp"
#include "nettool/http/reply_fields.hpp"

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::http {

/// Lives on one strand, but for tell().
class EventStream {
public:
    explicit EventStream(asio::any_io_executor strand);

    /// Whether any page is open, so that it is worth making what it would be told; from any strand.
    bool is_heard() const noexcept;

    /// From any strand.  `data`: one line, with or without its LF.
    void tell(std::string_view event, std::string_view data) const;

    /// Until the page is closed or the server stops.  A page that does not read what it is told
    /// gets `missed` in place of what it has missed.
    awaitable<result<void>> stream(Exchange& exchange, const ReplyFields& reply) const;

private:
    using Text = std::shared_ptr<const std::string>;
    class Listener;
    struct Audience;

    static awaitable<result<void>> pass_on(Exchange& exchange, Listener& listener);

    std::shared_ptr<Audience> audience_;  // what is still to be told may come behind our end
};

}  // namespace nettool::http
