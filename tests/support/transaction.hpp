#pragma once
// A made-up request as the proxy would tell of it.

#include "nettool/proxy/transaction.hpp"

#include <chrono>

namespace nettool::test {

/// GET by 127.0.0.1:41234 at 2026-10-05 14:03:22.123456 UTC: 1 ms each for the name, connecting,
/// sending, waiting and receiving.
inline proxy::Transaction sample_transaction(std::uint64_t id = 1) {
    using namespace std::chrono_literals;
    using namespace std::chrono;
    proxy::Transaction transaction;
    transaction.id = id;
    transaction.time = sys_days(2026y / 10 / 5) + 14h + 3min + 22s + 123456us;
    transaction.at.begun = proxy::Milestones::Time(1h);
    transaction.at.resolved = transaction.at.begun + 1ms;
    transaction.at.connected = transaction.at.resolved + 1ms;
    transaction.at.sent = transaction.at.connected + 1ms;
    transaction.at.answered = transaction.at.sent + 1ms;
    transaction.at.ended = transaction.at.answered + 1ms;
    transaction.client = {"127.0.0.1", 41234};
    transaction.connection = 7;
    transaction.method = "GET";
    transaction.url = "http://h.example/x?a=1&b=%C3%A4+c";
    transaction.status = 200;
    transaction.received_bytes = 3;
    transaction.sent_bytes = 5120;
    transaction.server = net::Endpoint{"93.184.216.34", 80};
    transaction.heads.request_received =
        "GET http://h.example/x?a=1&b=%C3%A4+c HTTP/1.1\r\nHost: h.example\r\n"
        "Proxy-Connection: keep-alive\r\nX-Own: 1\r\n\r\n";
    transaction.heads.request_sent =
        "GET /x?a=1&b=%C3%A4+c HTTP/1.1\r\nHost: h.example\r\nX-Own: 1\r\n"
        "Via: 1.1 nettool\r\n\r\n";
    transaction.heads.response_received =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5120\r\n"
        "Connection: close\r\n\r\n";
    transaction.heads.response_sent =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5120\r\n"
        "Via: 1.1 nettool\r\n\r\n";
    return transaction;
}

}  // namespace nettool::test
