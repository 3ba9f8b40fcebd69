#pragma once
// An answer with the connection it comes over.

#include "nettool/http/body_reader.hpp"
#include "nettool/http/response_guard.hpp"
#include "nettool/net/connector.hpp"
#include "nettool/proto/web/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nettool::http {

/// When the parts of an exchange were done.
struct Phases : net::ConnectPhases {
    Time sent;        // the last byte of the request
    Time first_byte;  // of the response
};

/// How long each phase took; zero for one that there was not.
struct Timing {
    double name_ms = 0;      // looking the name up
    double connect_ms = 0;   // TCP's handshake
    double tls_ms = 0;       // that of TLS
    double response_ms = 0;  // from the last byte of the request to the first of the response
    double total_ms = 0;     // of all, up to `end`
};

Timing timing_of(const Phases& phases, Phases::Time end);

/// Stays where it is: its parts refer to one another.
class Response {
public:
    Response(net::Stream stream, proto::Url url, const Phases& phases);
    Response(const Response&) = delete;
    Response& operator=(const Response&) = delete;

    /// Sends and receives up to the body.  Throws Failure, see Client.
    awaitable<void> ask(std::string_view request_head, std::string_view body,
                        std::string_view method, const HeadLimits& limits,
                        std::chrono::milliseconds timeout, std::uint64_t max_body);

    const ResponseHead& head() const noexcept { return head_; }
    std::string_view raw_head() const noexcept { return raw_; }
    unsigned status() const noexcept { return head_.status; }
    /// Whether the server says no (RFC 9110 §15.5, §15.6).
    bool is_error() const noexcept { return head_.status >= 400; }
    /// Of this answer, and how many redirects led to it.
    const proto::Url& url() const noexcept { return url_; }
    unsigned redirects = 0;
    const Phases& phases() const noexcept { return phases_; }
    BodyReader& body() noexcept { return *body_; }
    const BodyReader& body() const noexcept { return *body_; }

    /// `type` without its parameters, in lower case; empty where none is given.
    std::string media_type() const;

private:
    awaitable<void> receive_head(std::string_view method, const HeadLimits& limits,
                                 error_code trouble_with_sending);
    awaitable<void> receive_one_head(std::string_view method, const HeadLimits& limits,
                                     error_code trouble_with_sending);
    [[noreturn]] void fail(error_code ec, error_code trouble_with_sending) const;

    net::Stream stream_;
    Input input_;
    proto::Url url_;
    Phases phases_;
    std::string raw_;
    ResponseHead head_;
    std::optional<BodyReader> body_;
};

}  // namespace nettool::http
