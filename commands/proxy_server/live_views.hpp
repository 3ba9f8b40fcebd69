#pragma once
// What the live page is told of requests: the line of the log with more behind it.

#include "kept_requests.hpp"
#include "request_line.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace nettool::commands {

struct LivePhases {
    std::optional<double> held_ms;
    std::optional<double> name_ms;
    std::optional<double> connect_ms;
    std::optional<double> tls_ms;
    std::optional<double> send_ms;
    std::optional<double> wait_ms;
    std::optional<double> receive_ms;
};
BOOST_DESCRIBE_STRUCT(LivePhases, (),
                      (held_ms, name_ms, connect_ms, tls_ms, send_ms, wait_ms, receive_ms))

struct LiveRequest : ProxiedRequest {
    std::uint64_t id = 0;
    std::string state;  // begun, opened or ended
    std::uint64_t client_connection = 0;
    LivePhases phases;
};
BOOST_DESCRIBE_STRUCT(LiveRequest, (ProxiedRequest), (id, state, client_connection, phases))

struct LiveField {
    std::string name;
    std::string change;  // same, added, removed or changed
    std::optional<std::string> before;
    std::optional<std::string> after;
    std::string why;
    std::string source;
    std::string meaning;  // of the field itself
    std::string meaning_source;
};
BOOST_DESCRIBE_STRUCT(LiveField, (),
                      (name, change, before, after, why, source, meaning, meaning_source))

/// A head before and behind the proxy.
struct LiveHead {
    std::string line_before;
    std::string line_after;
    std::string why;
    std::string source;
    std::vector<LiveField> fields;
};
BOOST_DESCRIBE_STRUCT(LiveHead, (), (line_before, line_after, why, source, fields))

struct LiveDetails : LiveRequest {
    std::string request_received;
    std::string request_sent;
    std::string response_received;
    std::string response_sent;
    LiveHead request;
    LiveHead response;
};
BOOST_DESCRIBE_STRUCT(LiveDetails, (LiveRequest),
                      (request_received, request_sent, response_received, response_sent, request,
                       response))

struct LiveCounts {
    static constexpr std::string_view event = "counts";
    std::size_t kept = 0;
    std::size_t under_way = 0;
    std::size_t most_at_once = 0;
};
BOOST_DESCRIBE_STRUCT(LiveCounts, (), (kept, under_way, most_at_once))
std::string print(const LiveCounts& counts);

LiveRequest live_request(const KeptRequest& request);
LiveDetails live_details(const KeptRequest& request);
LiveCounts live_counts(const KeptRequests::Counts& counts);

}  // namespace nettool::commands

// All members in one object, those of the base too.
template <>
struct boost::json::is_described_class<nettool::commands::LiveRequest> : std::true_type {};
template <>
struct boost::json::is_described_class<nettool::commands::LiveDetails> : std::true_type {};
