#include "upstream.hpp"

#include "forwarding.hpp"
#include "nettool/base/errc.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/head_writer.hpp"
#include "nettool/http/request.hpp"
#include "nettool/proxy/secret_mask.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>

namespace nettool::proxy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t input_bytes = 80UL * 1024;  // a head, and some of the body behind it

net::Endpoint endpoint_of(const Destination& to) {
    net::Endpoint endpoint;
    endpoint.host = to.host;
    endpoint.port = to.port;
    return endpoint;
}

Refused refused_for_name(const std::string& host, error_code ec) {
    const auto name = quoted(host, 200);
    if (ec == Errc::timed_out || ec == asio::error::host_not_found_try_again)
        return {504, "dns_timeout", "the name " + name + " cannot be looked up in time"};
    return {502, "dns_error", "there is no host " + name + ": " + ec.message()};
}

Refused refused_for_connect(const Failure& failure, const net::ConnectPhases& phases,
                            std::string_view whose) {
    namespace errc = boost::system::errc;
    auto why = std::string(whose) + failure.what();
    if (phases.attempts.size() > 1)
        for (const auto& attempt : phases.attempts)
            why += "; " + to_string(attempt.address) + ": " +
                   (attempt.error ? attempt.error.message() : std::string("no answer"));
    const auto ec = failure.cause();
    if (ec == Errc::timed_out || ec == errc::timed_out)
        return {504, "connection_timeout", std::move(why)};
    if (ec == errc::connection_refused) return {502, "connection_refused", std::move(why)};
    if (ec == errc::network_unreachable || ec == errc::host_unreachable)
        return {502, "destination_ip_unroutable", std::move(why)};
    const bool is_ours = ec == errc::too_many_files_open ||
                         ec == errc::too_many_files_open_in_system || ec == errc::no_buffer_space ||
                         ec == errc::address_not_available;
    if (is_ours) return {503, "connection_limit_reached", std::move(why)};
    return {502, "connection_terminated", std::move(why)};
}

class Connecting {
public:
    Connecting(const Service& service, Lane& lane, const Destination& to, Transaction& transaction)
        : service_(service),
          lane_(lane),
          to_(to),
          transaction_(transaction),
          parent_(service.settings().upstream ? &*service.settings().upstream : nullptr) {}

    awaitable<Connected> run() {
        net::DialRequest request;
        request.endpoint = parent_ ? http::endpoint_of(*parent_) : endpoint_of(to_);
        const bool found = co_await look_up(request);
        if (found) co_await dial(request);
        const bool through = parent_ && (to_.secured || to_.kind == Destination::Kind::tunnel);
        if (connected_.connection && through) co_await ask_parent();
        // What came in the clear is not the server's, whom TLS will vouch for.
        if (connected_.connection && through && to_.secured &&
            !connected_.connection->input.bytes().empty())
            refuse({502, "http_protocol_error", parent_name() + " speaks before the server can"});
        if (connected_.connection && to_.secured) co_await secure();
        co_return std::move(connected_);
    }

private:
    void refuse(Refused refused) {
        connected_.refused = std::move(refused);
        connected_.connection.reset();
    }

    awaitable<bool> look_up(net::DialRequest& request) {
        const auto& host = request.endpoint.host;
        auto found = co_await service_.parts().names.look_up(host, service_.settings().family);
        transaction_.at.resolved = Clock::now();
        if (found.error() == asio::error::operation_aborted)
            throw boost::system::system_error(found.error());
        if (!found) {
            refuse(refused_for_name(host, found.error()));
            co_return false;
        }
        request.addresses = *std::move(found);
        // Who runs this proxy has named these himself; what a name means, the other proxy judges.
        if (parent_ || service_.settings().reverse) co_return true;
        co_return drop_refused(request.addresses);
    }

    // What a name means now is what is connected to.
    bool drop_refused(std::vector<asio::ip::address>& addresses) {
        std::optional<Refused> refused;
        bool is_prohibited = false;  // a host with such an address is up to something
        std::erase_if(addresses, [&](const asio::ip::address& address) {
            auto refusal = service_.parts().policy.judge_address(address, to_.port, to_.host);
            if (!refusal) return false;
            is_prohibited = is_prohibited || refusal->error != "http_request_denied";
            if (!refused || is_prohibited) refused = std::move(refusal);
            return true;
        });
        if (!addresses.empty() && !is_prohibited) return true;
        if (refused) refuse(*std::move(refused));
        return false;
    }

    awaitable<void> dial(net::DialRequest& request) {
        net::ConnectPhases phases;
        request.phases = &phases;
        std::optional<net::Stream> stream;
        try {
            stream = co_await lane_.dialing.connect(request);
        } catch (const Failure& failure) {
            refuse(refused_for_connect(failure, phases, parent_ ? "the other proxy: " : ""));
        }
        if (!stream) {
            service_.parts().names.forget(request.endpoint.host);
            co_return;
        }
        transaction_.at.connected = Clock::now();
        transaction_.server = stream->flow().peer;
        if (service_.settings().is_traced) hide_secrets(*stream);
        connected_.connection = std::make_unique<http::Connection>(*std::move(stream), input_bytes);
    }

    // RFC 9110 §9.3.6
    awaitable<void> ask_parent() {
        auto& connection = *connected_.connection;
        const auto target = to_string(endpoint_of(to_));
        http::HeadWriter writer("CONNECT", target);
        const auto own = "1.1 " + service_.settings().pseudonym;
        writer.field("Host", target).field("Via", to_.via.empty() ? own : to_.via + ", " + own);
        const auto credentials = upstream_credentials(service_);
        if (!credentials.empty()) writer.field("Proxy-Authorization", credentials);
        const auto head = std::move(writer).finish();
        (void)co_await send_to(connection.stream, head);
        const auto timeout = service_.settings().limits.timeout;
        if (timeout.count() > 0) connection.stream.end_by(Clock::now() + timeout);
        http::ResponseHead response;
        constexpr unsigned most = 20;
        for (unsigned i = 0; i < most; ++i) {
            const auto refused = co_await read_answer(connection, response);
            if (refused) co_return refuse(*refused);
            if (!response.interim()) break;
        }
        connection.stream.end_whenever();
        if (response.status / 100 != 2)
            refuse({502, "http_response_incomplete",
                    parent_name() + " does not connect to " + target + ": " +
                        std::to_string(response.status) + " " + escaped(response.reason)});
    }

    std::string parent_name() const { return "the proxy " + parent_->authority(); }

    awaitable<std::optional<Refused>> read_answer(http::Connection& connection,
                                                  http::ResponseHead& response) {
        const auto& settings = service_.settings();
        const auto arrival = co_await http::receive_response_head(
            connection.input, settings.limits.head, settings.strictness, raw_);
        const auto ec = arrival.error;
        if (ec == Errc::timed_out)
            co_return Refused{504, "http_response_timeout",
                              parent_name() + " did not answer in time (--timeout)"};
        if (ec)
            co_return Refused{502, "connection_terminated", parent_name() + ": " + ec.message()};
        auto fault = arrival.fault;
        if (fault.empty())
            fault = http::judge_response(raw_, "CONNECT", settings.limits.head, response,
                                         settings.strictness);
        if (fault.empty()) co_return std::nullopt;
        co_return Refused{502, "http_protocol_error", parent_name() + ": " + std::string(fault)};
    }

    awaitable<void> secure() {
        auto& stream = connected_.connection->stream;
        try {
            co_await lane_.dialing.secure(stream, endpoint_of(to_));
            transaction_.at.secured = Clock::now();
        } catch (const Failure& failure) {
            const bool is_doubt = stream.refusal().has_value();
            const bool is_late = failure.cause() == Errc::timed_out;
            refuse({is_late ? 504U : 502U,
                    is_doubt ? "tls_certificate_error" : "tls_protocol_error", failure.what()});
        }
    }

    const Service& service_;
    Lane& lane_;
    const Destination& to_;
    Transaction& transaction_;
    const proto::Url* parent_;
    Connected connected_;
    std::string raw_;  // the answer of the other proxy
};

}  // namespace

awaitable<Connected> connect(const Service& service, Lane& lane, const Destination& to,
                             Transaction& transaction) {
    Connecting connecting(service, lane, to, transaction);
    co_return co_await connecting.run();
}

std::string place_of(const Service& service, const Destination& to) {
    const auto& parent = service.settings().upstream;
    if (parent && !to.secured) return "proxy";
    constexpr std::size_t others = 16;
    std::string place;
    place.reserve(to.host.size() + others);
    place.append(to.secured ? "https " : "http ").append(to.host);
    return place.append(" ").append(std::to_string(to.port));
}

void hide_secrets(net::Stream& stream) {
    stream.show_as([there = SecretMask(), back = SecretMask()](net::Direction direction,
                                                               std::string_view text) mutable {
        return direction == net::Direction::in ? there.masked(text) : back.masked(text);
    });
}

std::string upstream_credentials(const Service& service) {
    const auto& parent = service.settings().upstream;
    if (!parent || parent->username.empty()) return {};
    return http::basic_credentials(*parent);
}

}  // namespace nettool::proxy
