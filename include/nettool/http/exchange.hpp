#pragma once
// One request and its response, as a handler of the server sees them.

#include "nettool/base/clock.hpp"
#include "nettool/http/body_reader.hpp"
#include "nettool/http/head_writer.hpp"
#include "nettool/http/ready_response.hpp"
#include "nettool/http/request_guard.hpp"

#include <chrono>

namespace nettool::http {

struct ServerLimits {
    HeadLimits head;
    std::chrono::milliseconds head_time{10'000};  // for a whole head, from its first byte
    std::uint64_t max_body = 1024UL * 1024;       // of a request
    std::uint64_t min_rate = 1024;  // bytes a second that a peer takes or sends; 0: any
    std::chrono::milliseconds patience{30'000};  // beyond what min_rate asks for
};

/// Lives on the connection's strand.  Every response is sent through one of `respond…` or `begin`,
/// exactly once; a result with an error means that the connection is lost.
class Exchange {
public:
    Exchange(net::Stream& stream, net::Input& input, const RequestHead& request,
             const ServerLimits& limits);

    const RequestHead& request() const noexcept { return request_; }
    const net::Flow& flow() const noexcept { return stream_.flow(); }

    /// Of the request; asks for it first where the client waits for that (RFC 9110 §10.1.1).
    awaitable<result<std::string_view>> next_of_body();
    /// For a body that is wanted: another limit than ServerLimits::max_body, and time for what is
    /// announced at ServerLimits::min_rate.
    void allow_body(std::uint64_t max_bytes);
    std::optional<std::uint64_t> announced_body() const noexcept { return body_.announced(); }

    /// Date, Connection and Content-Length are added here, and the body left out where it must be.
    awaitable<result<void>> respond(HeadWriter head, std::string_view body);
    /// `ready` is shared with others and stays until it is sent.
    awaitable<result<void>> respond(const ReadyResponse& ready);
    /// The same on a connection that is kept, for as much as goes without a wait: how much that
    /// was. The rest of ready.text() is sent by finish().
    result<std::size_t> respond_now(const ReadyResponse& ready);
    awaitable<result<void>> finish(std::string_view rest);
    /// `size` bytes of a file that the caller keeps open.
    awaitable<result<void>> respond_file(HeadWriter head, int file, std::uint64_t offset,
                                         std::uint64_t size);
    /// A short text that says what is wrong.
    awaitable<result<void>> refuse(HeadWriter head, std::string_view why);

    /// A body in pieces; of unknown size it is chunked, or ends with the connection (HTTP/1.0).
    awaitable<result<void>> begin(HeadWriter head, std::optional<std::uint64_t> size);
    awaitable<result<void>> write(std::string_view piece);
    awaitable<result<void>> write_file(int file, std::uint64_t offset, std::uint64_t size);
    awaitable<result<void>> end();

    /// The connection ends behind this response.
    void close_afterwards() noexcept { keep_alive_ = false; }
    bool keeps_alive() const noexcept { return keep_alive_; }
    /// Reads what is left of the request's body; false: the connection cannot be used again.
    awaitable<bool> drop_body();

    /// A worse network for this connection, and its sudden end: faults on purpose.
    void imitate(const net::StreamFaultOptions& faults) { stream_.imitate(faults); }
    void note_fault(std::string_view words) { stream_.note_fault(words); }
    void reset() { stream_.reset(); }

    /// Who has shown a password with this request; empty: nobody.
    const std::string& user() const noexcept { return user_; }
    void set_user(std::string name) { user_ = std::move(name); }

    unsigned status() const noexcept { return status_; }  // 0: nothing was sent
    std::uint64_t body_bytes() const noexcept { return body_bytes_; }
    WallTime received() const;
    std::chrono::steady_clock::time_point begun() const noexcept { return begin_; }
    std::chrono::steady_clock::duration elapsed() const noexcept;

private:
    enum class Coding { none, plain, chunked };

    void judge_connection();
    std::string finish_head(HeadWriter head, std::optional<std::uint64_t> size);
    bool sends_body() const noexcept { return request_.method != "HEAD"; }
    void allow_time_for(std::uint64_t bytes);

    net::Stream& stream_;
    const RequestHead& request_;
    const ServerLimits& limits_;
    BodyReader body_;
    bool keep_alive_;
    bool must_continue_;
    Coding coding_ = Coding::none;
    unsigned status_ = 0;
    std::string user_;
    std::uint64_t body_bytes_ = 0;
    mutable WallTime received_;  // not looked up before somebody wants it
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace nettool::http
