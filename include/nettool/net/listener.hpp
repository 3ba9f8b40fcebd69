#pragma once
// A listening socket, TCP or Unix, that hands out Streams.

#include "nettool/net/stream.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <vector>

namespace nettool::net {

class Listener {
public:
    /// What of it is not the address.
    struct Options {
        int backlog = 511;
        /// For connections to live on, by turns; none: each on one of its own in the pool.
        std::vector<asio::any_io_executor> strands;
        StreamOptions stream;
    };

    /// Binds and listens on `executor`, accepts each connection onto a strand in `pool`.
    /// `host` is a literal address.  A stale Unix socket is replaced, a live one is "address in
    /// use".  Throws Failure naming the endpoint, because a server cannot go on without.
    Listener(asio::any_io_executor executor, asio::any_io_executor pool, const Endpoint& endpoint,
             const Options& options);

    /// Adopts a descriptor that already listens; throws Failure.
    Listener(asio::any_io_executor executor, asio::any_io_executor pool, int descriptor,
             const Options& options);

    Listener(Listener&&) = default;
    ~Listener() { close(); }

    const Endpoint& local() const noexcept { return local_; }
    awaitable<result<Stream>> accept();

    /// Also removes the file of a Unix socket of ours.
    void close();

private:
    using Generic = asio::generic::stream_protocol;

    void open(const Endpoint& endpoint, int backlog);
    void keep_syns();

    asio::basic_socket_acceptor<Generic> acceptor_;
    asio::any_io_executor pool_;
    std::vector<asio::any_io_executor> strands_;
    std::size_t accepted_ = 0;
    Endpoint local_;
    StreamOptions options_;
    bool owns_file_ = false;
};

}  // namespace nettool::net
