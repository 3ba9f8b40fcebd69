#include "session.hpp"

#include "nettool/base/text.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proxy/secret_mask.hpp"
#include "upstream.hpp"

#include <charconv>
#include <utility>

namespace nettool::proxy {
namespace {

using Clock = std::chrono::steady_clock;
using http::Framing;

/// However a request ends, that is told.
class Ending {
public:
    Ending(Observer& observer, Transaction& transaction)
        : observer_(observer), transaction_(transaction) {}
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    ~Ending() {
        transaction_.at.ended = Clock::now();
        observer_.ended(transaction_);
    }

private:
    Observer& observer_;
    Transaction& transaction_;
};

// How often a request may be passed on still (RFC 9110 §7.6.2); nothing: nobody has said.
std::optional<unsigned> forwards_of(const http::RequestHead& request) {
    if (request.method != "OPTIONS" && request.method != "TRACE") return std::nullopt;
    const auto value = request.fields.find("max-forwards");
    if (!value) return std::nullopt;
    unsigned left = 0;
    const auto* end = value->data() + value->size();
    const auto [stop, status] = std::from_chars(value->data(), end, left);
    if (status != std::errc{} || stop != end) return std::nullopt;
    return left;
}

bool knows_its_forwards(const http::RequestHead& request) {
    const bool counts = request.method == "OPTIONS" || request.method == "TRACE";
    return !counts || request.fields.count("max-forwards") == 0 || forwards_of(request).has_value();
}

}  // namespace

Session::Session(Service& service, Lane& lane, net::Stream client)
    : service_(service),
      lane_(lane),
      stream_(std::move(client)),
      input_(stream_, service.settings().limits.head.head_bytes + 1024) {
    if (!service.settings().is_traced) return;
    hide_secrets(stream_);
}

awaitable<void> Session::run() {
    using asio::cancellation_type;
    const auto& limits = service_.settings().limits;
    bool goes_on = true;
    while (goes_on) {
        co_await net::hear_requests_to_stop();
        input_.shrink();
        exchange_.shrink();
        auto arrival = co_await http::receive_request_head(input_, limits.head, limits.head_time,
                                                           exchange_.raw_request);
        const auto asked = co_await asio::this_coro::cancellation_state;
        if (arrival.error || asked.cancelled() != cancellation_type::none) break;
        co_await net::note_requests_to_stop();
        first_byte_ = arrival.first_byte;
        goes_on = co_await answer(arrival.refusal);
        stream_.imitate_as_before();
        const auto meanwhile = co_await asio::this_coro::cancellation_state;
        if (net::is_drop(meanwhile.cancelled())) co_return;
        if (meanwhile.cancelled() != cancellation_type::none) break;
        stream_.limit_idle(limits.idle);
    }
    co_await stream_.finish();
}

// What follows a CONNECT was meant for somebody else.
bool Session::may_stay() const {
    const auto& request = exchange_.request;
    return request.method != "CONNECT" && request.keep_alive && request.minor_version > 0 &&
           request.framing.kind == Framing::Kind::none;
}

void Session::note_request(Transaction& transaction, Destination& to) const {
    transaction.id = service_.next_id();
    transaction.time = std::chrono::system_clock::now();
    transaction.at.begun = first_byte_;
    transaction.client = stream_.flow().peer;
    transaction.connection = stream_.flow().id;
    transaction.method = exchange_.request.method;
    transaction.url = std::move(to.url);
    if (transaction.url.empty()) {
        const auto target = exchange_.request.target;  // of which a password may be part
        transaction.url = target.substr(target.rfind('@') + 1);
    }
}

std::optional<http::Refusal> Session::read(Destination& to) {
    const auto& settings = service_.settings();
    const auto& request = exchange_.request;
    auto refusal = settings.reverse ? read_reverse_destination(request, *settings.reverse, to)
                                    : read_destination(request, settings.style, to);
    if (refusal) return refusal;
    if (settings.upstream)
        for (const auto& field : request.fields)
            if (equal_ignoring_case(field.name, "via")) append_joined(to.via, ", ", field.value);
    const bool has_body = request.framing.kind != Framing::Kind::none;
    if (has_body && (request.method == "CONNECT" || request.method == "TRACE"))
        return http::Refusal{400, "this method has no body"};
    if (!knows_its_forwards(request)) return http::Refusal{400, "Max-Forwards is not a number"};
    return {};
}

std::optional<Refused> Session::judge_destination(const Destination& to) const {
    const auto& policy = service_.parts().policy;
    if (has_passed(exchange_.request.fields, service_.settings().pseudonym))
        return Refused{508, "proxy_loop_detected",
                       "the request has been here before and would go round in circles"};
    if (to.kind == Destination::Kind::proxy || service_.settings().reverse) return {};
    return policy.judge_host(to.host, to.port, to.kind == Destination::Kind::tunnel);
}

// In front of one server this is a server itself, and asked as one (RFC 9110 §11.6).
awaitable<bool> Session::is_admitted(const http::Credentials& credentials) const {
    const auto* const name = service_.settings().reverse ? "authorization" : "proxy-authorization";
    const auto shown = exchange_.request.fields.find(name);
    const auto user = co_await credentials.admit(shown);
    co_return user.has_value();
}

// Where the way of a request ends here; empty: it does not.
std::string Session::answer_of_ours(const Destination& to) {
    const auto& pseudonym = service_.settings().pseudonym;
    const auto left = forwards_of(exchange_.request);
    exchange_.forwards_left.reset();
    if (left && *left > 0) exchange_.forwards_left = *left - 1;
    if (to.kind != Destination::Kind::proxy && (!left || *left > 0)) return {};
    if (exchange_.request.method == "TRACE")
        return trace_answer(exchange_.raw_request, pseudonym, !may_stay());
    return options_answer(pseudonym, !may_stay());
}

// Whether the connection can be used again.
awaitable<bool> Session::answer(std::optional<http::Refusal> refusal) {
    const auto& limits = service_.settings().limits;
    if (refusal) {
        exchange_.raw_request.clear();
        exchange_.request = {};
    } else {
        refusal = http::judge_request(exchange_.raw_request, limits.head, exchange_.request,
                                      http::Recipient::proxy);
    }
    const bool is_clear = !refusal;
    // While it waits for others, it is not the client who is idle.
    stream_.limit_idle(limits.quiet);
    Destination to;
    if (is_clear) refusal = read(to);
    Transaction transaction;
    note_request(transaction, to);
    // Where a secret stands in what is not understood, nobody knows.
    if (!refusal && service_.parts().observer.wants_heads())
        transaction.heads.request_received = without_secrets(exchange_.raw_request);
    service_.parts().observer.begun(transaction);
    const Ending ending(service_.parts().observer, transaction);
    const bool stays = is_clear && may_stay();
    if (refusal) {
        const Refused refused{refusal->status, "http_request_error", std::string(refusal->why)};
        co_return co_await tell(refused, transaction, stays);
    }
    if (const auto refused = service_.parts().policy.judge_client(stream_.flow().peer))
        co_return co_await tell(*refused, transaction, stays);
    const auto* credentials = service_.parts().credentials;
    bool admitted = true;
    if (credentials) admitted = co_await is_admitted(*credentials);
    if (!admitted) {
        const bool is_reverse = service_.settings().reverse.has_value();
        const Refused refused{is_reverse ? 401U : 407U, "http_request_denied",
                              "a user and a password are wanted here"};
        co_return co_await tell(refused, transaction, stays);
    }
    if (const auto refused = judge_destination(to))
        co_return co_await tell(*refused, transaction, stays);
    const auto own = answer_of_ours(to);
    if (!own.empty()) co_return co_await send_own(own, transaction, stays);
    Outcome outcome;
    if (service_.parts().faults)
        outcome = co_await go_through_faults(to, transaction);
    else
        outcome = co_await forward(to, transaction);
    if (!outcome.refused) co_return outcome.keeps;
    co_return co_await tell(*outcome.refused, transaction, outcome.keeps && stays);
}

awaitable<bool> Session::tell(const Refused& refused, Transaction& transaction, bool stays) {
    transaction.status = refused.status;
    transaction.cause = refused.why;
    transaction.error = refused.error;
    OwnAnswer about;
    about.pseudonym = service_.settings().pseudonym;
    about.method = exchange_.request.method;
    about.closes = !stays;
    about.for_browsers = wants_page(exchange_.request.fields);
    about.shows_usage = refused.status == 400 && exchange_.request.target.starts_with('/');
    const auto text = own_answer(refused, about);
    co_return co_await send_own(text, transaction, stays);
}

awaitable<bool> Session::send_own(const std::string& text, Transaction& transaction, bool stays) {
    constexpr std::size_t end_of_head = 4;
    if (transaction.status == 0) transaction.status = 200;
    const auto head = text.find("\r\n\r\n") + end_of_head;
    transaction.sent_bytes = text.size() - head;
    if (service_.parts().observer.wants_heads())
        transaction.heads.response_sent = text.substr(0, head);
    const auto ec = co_await send_to(stream_, text);
    co_return stays && !ec;
}

}  // namespace nettool::proxy
