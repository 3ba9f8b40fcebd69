#pragma once
// An answer with the connection it comes over.

#include "nettool/http/body_reader.hpp"
#include "nettool/http/connection_pool.hpp"
#include "nettool/http/request.hpp"
#include "nettool/http/response_guard.hpp"
#include "nettool/net/connector.hpp"
#include "nettool/proto/web/url.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::http {

/// When the parts of an exchange were done.
struct Phases : net::ConnectPhases {
    Time tunneled;    // the proxy has connected to the server
    Time sent;        // the last byte of the request
    Time first_byte;  // of the response
};

/// How long each phase took; zero for one that there was not.
struct Timing {
    double name_ms = 0;      // looking the name up
    double connect_ms = 0;   // TCP's handshake
    double proxy_ms = 0;     // until the proxy has connected
    double tls_ms = 0;       // the handshake of TLS
    double response_ms = 0;  // from the last byte of the request to the first of the response
    double total_ms = 0;     // of all, up to `end`
};

Timing timing_of(const Phases& phases, Phases::Time end);

/// What bounds an answer.
struct ResponseLimits {
    HeadLimits head{8UL * 1024 + 64, 64UL * 1024, 200};
    std::chrono::milliseconds timeout{0};  // from the request to the end of the head; zero: none
    std::uint64_t max_body = UINT64_MAX;   // as it comes over the wire
};

/// Stays where it is: its parts refer to one another.
class Response {
public:
    using Home = std::function<void(std::unique_ptr<Connection>)>;

    /// `home`: where the connection goes when all of the answer has been read and another request
    /// may follow.
    Response(std::unique_ptr<Connection> connection, proto::Url url, const Phases& phases,
             Home home);
    Response(const Response&) = delete;
    Response& operator=(const Response&) = delete;
    ~Response();

    /// Sends and receives up to the body.  Throws Failure, see Client.
    awaitable<void> ask(std::string_view request_head, const RequestBody* body,
                        std::string_view method, const ResponseLimits& limits);

    /// Whether the connection ended before a byte of the answer: one that had been waiting may have
    /// been closed in the moment it was used (RFC 9112 §9.3.1).
    bool lost_before_answer() const noexcept { return lost_before_answer_; }

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
    /// Code and reason, safe for a terminal: `404 Not Found`.
    std::string status_text() const;
    /// The first field of this name; empty where there is none.
    std::string field(std::string_view name) const;
    /// What is not read until then is late, however busy the server is.
    void end_by(Phases::Time deadline) { connection_->stream.end_by(deadline); }

    /// `type` without its parameters, in lower case; empty where none is given.
    std::string media_type() const;

    /// Reads what is left of the body if it is no more than `most` bytes and comes within a second,
    /// so that the connection can be used again.
    awaitable<void> skip_body(std::uint64_t most);

    /// The connection behind an answer without a body, for another protocol; null if it is not
    /// clean.
    std::unique_ptr<Connection> take_connection();

private:
    awaitable<result<void>> send(std::string_view head, const RequestBody* body);
    awaitable<void> receive_head(std::string_view method, const HeadLimits& limits,
                                 error_code trouble_with_sending);
    awaitable<void> receive_one_head(std::string_view method, const HeadLimits& limits,
                                     error_code trouble_with_sending);
    [[noreturn]] void fail(error_code ec, error_code trouble_with_sending);

    std::unique_ptr<Connection> connection_;
    proto::Url url_;
    Phases phases_;
    Home home_;
    std::string raw_;
    ResponseHead head_;
    std::optional<BodyReader> body_;
    bool lost_before_answer_ = false;
};

}  // namespace nettool::http
