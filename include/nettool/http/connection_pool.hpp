#pragma once
// A client's connections that wait for the next request to the same place (RFC 9112 §9.3).

#include "nettool/net/input.hpp"
#include "nettool/net/stream.hpp"

#include <list>
#include <memory>
#include <string>

namespace nettool::http {

/// A connection to a server, or to it through a proxy.  Stays where it is.
struct Connection {
    static constexpr std::size_t input_bytes = 256UL * 1024;

    explicit Connection(net::Stream connected, std::size_t most_held = input_bytes)
        : stream(std::move(connected)), input(stream, most_held) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    net::Stream stream;
    net::Input input;
    bool reused = false;
};

/// Used on one strand only.
class ConnectionPool {
public:
    /// Keeps no more than `most` that wait; the one that has waited longest goes first.
    explicit ConnectionPool(std::size_t most = 64) : most_(most) {}

    /// The one to this place that has waited the shortest time; null where there is none.
    std::unique_ptr<Connection> take(const std::string& place);
    void put(std::string place, std::unique_ptr<Connection> connection);

private:
    struct Waiting {
        std::string place;
        std::unique_ptr<Connection> connection;
    };

    std::size_t most_;
    std::list<Waiting> waiting_;  // the last one has waited the shortest time
};

}  // namespace nettool::http
