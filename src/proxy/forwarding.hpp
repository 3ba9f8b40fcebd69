#pragma once
// One request on its way to a server, and the answer on its way back.

#include "nettool/http/body_reader.hpp"
#include "nettool/http/head_reader.hpp"
#include "nettool/http/response_guard.hpp"
#include "nettool/proxy/heads.hpp"
#include "nettool/proxy/service.hpp"

#include <memory>
#include <optional>
#include <string>

namespace nettool::proxy {

/// What becomes of the client's connection, and what the client is still to be told.
struct Outcome {
    bool keeps = false;
    std::optional<Refused> refused;  // nothing has been sent yet
};

/// The texts of a connection's present request, whose memory the next one uses again.
struct Exchange {
    /// Lets go of what only an unusual request needed.
    void shrink() {
        constexpr std::size_t usual = 8UL * 1024;
        for (auto* text : {&raw_request, &raw_response, &sent})
            if (text->capacity() > usual) std::string().swap(*text);
    }

    std::string raw_request;
    http::RequestHead request;
    std::string raw_response;
    http::ResponseHead response;
    std::string sent;                       // a head on its way, to either side
    std::optional<unsigned> forwards_left;  // Max-Forwards, one less
    // Of a reverse proxy.
    std::string forwarded;           // see RequestChanges
    std::string origin, own_origin;  // see ResponseChanges
};

class Forwarding {
public:
    struct Client {
        net::Stream& stream;
        net::Input& input;
        Exchange& exchange;
    };

    Forwarding(const Service& service, Lane& lane, const Client& client, const Destination& to,
               Transaction& transaction);

    awaitable<Outcome> run();

private:
    enum class Arrived { answer, stale, failed };

    bool may_repeat() const;
    http::Framing framing() const { return client_.exchange.request.framing; }

    // The way there.
    awaitable<Arrived> ask();
    awaitable<Arrived> ask_with_body();
    void write_request_head();
    awaitable<void> upload();
    awaitable<void> upload_length();
    awaitable<void> upload_chunks();
    void stop_upload(error_code ec);
    void expect_answer(Milestones::Time from);
    void finish();

    // The way back.
    awaitable<Arrived> receive();
    void probe_client();
    bool refuses_credentials() const;
    void watch_client();
    std::string_view judge_answer();
    std::string server_name() const;
    Arrived fail(unsigned status, std::string_view error, std::string why);
    Arrived fail_for_upload();
    Arrived fail_before_answer(const http::ResponseArrival& arrival, bool first);
    void write_response_head(const http::Framing& framing, std::string_view connection);
    awaitable<bool> pass_interim();
    void begin_answer();
    bool pass_now();
    awaitable<void> pass_answer();
    void end_answer(const net::Copied& copied);
    awaitable<void> switch_protocols();
    awaitable<net::Copied> pass_length(std::uint64_t length);
    awaitable<net::Copied> pass_chunks(bool in_chunks);
    awaitable<net::Copied> pass_to_the_end(bool in_chunks);
    awaitable<error_code> begin_pieces(bool first_is_here);
    awaitable<error_code> send_piece(std::string_view piece, bool in_chunks);
    void break_off(const net::Copied& copied);

    const Service& service_;
    Lane& lane_;
    Client client_;
    const Destination& to_;
    Transaction& transaction_;
    std::unique_ptr<http::Connection> server_;
    Outcome outcome_;
    std::string place_;
    bool keeps_server_ = false;
    bool uploaded_ = true;  // all of the request
    std::uint64_t left_to_upload_ = 0;
    error_code upload_trouble_;                     // with the client
    std::optional<net::Stream::ResetWatch> watch_;  // of a client that has nothing to say
    bool client_left_ = false;
    bool probed_ = false;
    http::Framing passed_;                   // how the body is passed on
    std::optional<std::size_t> passed_now_;  // of an answer that is whole in Exchange::sent
    std::string unsent_;                     // a head that leaves with the first piece of the body
};

/// As much of it as goes without a wait, which is taken off.
error_code send_now(net::Stream& stream, std::string_view& text);
/// All of it.
awaitable<error_code> send_to(net::Stream& stream, std::string_view text);

}  // namespace nettool::proxy
