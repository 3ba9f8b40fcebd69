// What goes wrong on the way there and back, and what is said of it.

#include "forwarding.hpp"
#include "nettool/base/errc.hpp"

#include <boost/asio/error.hpp>

namespace nettool::proxy {

using http::Framing;

std::string Forwarding::server_name() const {
    return transaction_.server ? to_string(*transaction_.server) : to_.authority;
}

Forwarding::Arrived Forwarding::fail(unsigned status, std::string_view error, std::string why) {
    const auto& request = client_.exchange.request;
    outcome_.refused = Refused{status, error, std::move(why)};
    outcome_.keeps = request.keep_alive && framing().kind == Framing::Kind::none;
    return Arrived::failed;
}

// Of the client, while its body was sent on.
Forwarding::Arrived Forwarding::fail_for_upload() {
    if (upload_trouble_ == Errc::malformed)
        return fail(400, "http_request_error", "the chunks of the body are malformed");
    if (upload_trouble_ == Errc::message_too_long)
        return fail(413, "http_request_error", "the body is too long (--max-body)");
    transaction_.cause = upload_trouble_ == Errc::timed_out
                             ? "the rest of the request did not come in time (--idle)"
                             : "the client left before the end of its request";
    outcome_.keeps = false;
    return Arrived::failed;
}

Forwarding::Arrived Forwarding::fail_before_answer(const http::ResponseArrival& arrival,
                                                   bool first) {
    if (upload_trouble_) return fail_for_upload();
    const auto ec = arrival.error;
    if (client_left_) {
        transaction_.cause = "the client left before the answer";
        outcome_.keeps = false;
        return Arrived::failed;
    }
    if (!arrival.fault.empty())
        return fail(502, "http_protocol_error", server_name() + " " + std::string(arrival.fault));
    if (ec == asio::error::operation_aborted) {
        transaction_.cause = "the proxy was stopped";
        outcome_.keeps = false;
        return Arrived::failed;
    }
    const bool nothing = first && arrival.first_byte == http::ResponseArrival::Time() &&
                         server_->input.bytes().empty();
    if (server_->reused && nothing && ec != Errc::timed_out && may_repeat()) return Arrived::stale;
    const auto name = server_name();
    if (ec == Errc::timed_out)
        return fail(504, "http_response_timeout", name + " did not answer in time (--timeout)");
    if (ec != asio::error::eof)
        return fail(502, "connection_terminated", "cannot read from " + name + ": " + ec.message());
    if (nothing) return fail(502, "connection_terminated", name + " closed without an answer");
    return fail(502, "http_response_incomplete",
                name + " closed in the middle of its answer's head");
}

// A client that has got the beginning of an answer must see that this was not all of it.
void Forwarding::break_off(const net::Copied& copied) {
    const auto name = server_name();
    const bool stopped = copied.read == asio::error::operation_aborted ||
                         copied.write == asio::error::operation_aborted;
    if (stopped && !client_left_)
        transaction_.cause = "the proxy was stopped";
    else if (copied.write || client_left_)
        transaction_.cause = "the client left before the end of the answer";
    else if (copied.read == Errc::timed_out)
        transaction_.cause = name + " stopped in the midst of its answer (--tunnel-idle)";
    else if (copied.read == Errc::malformed)
        transaction_.cause = name + " sends malformed chunks";
    else
        transaction_.cause = name + " ended in the midst of its answer";
    if (copied.read && !client_left_) transaction_.error = "http_response_incomplete";
    outcome_.keeps = false;
    const bool nothing_sent = !unsent_.empty() && copied.read && !stopped;
    if (!nothing_sent) return client_.stream.reset();
    transaction_.status = 0;
    outcome_.refused = Refused{502, "http_protocol_error", transaction_.cause};
}

}  // namespace nettool::proxy
