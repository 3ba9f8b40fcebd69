#pragma once
// What fetch says of each URL.

#include "nettool/http/client.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::commands {

struct TriedAddress {
    std::string address;
    std::string error;  // empty: connected, or another one was faster
    double elapsed_ms = 0;
};
BOOST_DESCRIBE_STRUCT(TriedAddress, (), (address, error, elapsed_ms))

/// One request and its answer on the way.
struct FetchedHop {
    std::string url;
    unsigned status = 0;  // zero: there was no answer
    std::string proxy;
    std::string peer;
    bool reused = false;  // the connection
    double name_ms = 0;
    double connect_ms = 0;
    double proxy_ms = 0;
    double tls_ms = 0;
    double response_ms = 0;
    double total_ms = 0;
    std::vector<TriedAddress> tried;
};
BOOST_DESCRIBE_STRUCT(FetchedHop, (),
                      (url, status, proxy, peer, reused, name_ms, connect_ms, proxy_ms, tls_ms,
                       response_ms, total_ms, tried))

struct Fetched {
    static constexpr std::string_view event = "fetched";
    std::string url;
    std::string final_url;
    unsigned redirects = 0;
    unsigned status = 0;
    std::string type;
    std::string file;
    std::uint64_t size_bytes = 0;      // as written
    std::uint64_t resumed_bytes = 0;   // of them, that were there already
    std::uint64_t received_bytes = 0;  // of the body as it came over the wire, of the last try
    unsigned tries = 0;
    std::string verified;  // by which digest
    double name_ms = 0;
    double connect_ms = 0;
    double tls_ms = 0;
    double response_ms = 0;
    double total_ms = 0;
    std::vector<FetchedHop> hops;
};
BOOST_DESCRIBE_STRUCT(Fetched, (),
                      (url, final_url, redirects, status, type, file, size_bytes, resumed_bytes,
                       received_bytes, tries, verified, name_ms, connect_ms, tls_ms, response_ms,
                       total_ms, hops))

inline std::string print(const Fetched& fetched) { return fetched.url; }

FetchedHop hop_of(const http::Hop& hop);

/// A line for each hop but the last, and for each address that was tried where there were several;
/// then the times of the last one up to `end`.
std::vector<std::string> timing_lines(const http::Trail& trail, http::Phases::Time end);

}  // namespace nettool::commands
