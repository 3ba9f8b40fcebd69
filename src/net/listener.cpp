#include "nettool/net/listener.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/net/strand.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <cstddef>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace nettool::net {
namespace {

using Local = asio::local::stream_protocol;

// Nobody listens on a stale socket: connecting to it is refused.
bool is_stale(const asio::any_io_executor& executor, const Local::endpoint& address) {
    struct stat status {};
    if (::stat(address.path().c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    Local::socket probe(executor, Local());
    probe.native_non_blocking(true);  // the queue of a live one may be full
    return ::connect(probe.native_handle(), address.data(),
                     static_cast<socklen_t>(address.size())) != 0 &&
           errno == ECONNREFUSED;
}

// "@name" in the abstract name space (unix(7)).
std::string path_of(const sockaddr_un& address, socklen_t size) {
    const auto begin = offsetof(sockaddr_un, sun_path);
    std::string path(address.sun_path, size > begin ? size - begin : 0);
    if (path.starts_with('\0')) path.front() = '@';
    return path.substr(0, path.find('\0'));
}

}  // namespace

Listener::Listener(asio::any_io_executor executor, asio::any_io_executor pool,
                   const Endpoint& endpoint, const Options& options)
    : acceptor_(executor),
      pool_(std::move(pool)),
      strands_(options.strands),
      options_(options.stream) {
    try {
        open(endpoint, options.backlog);
    } catch (const boost::system::system_error& error) {
        throw Failure(Fault::local, "listen on " + to_string(endpoint), error.code());
    }
}

void Listener::open(const Endpoint& endpoint, int backlog) {
    Generic::endpoint address;
    if (endpoint.is_unix) {
        const Local::endpoint local(endpoint.host);
        if (is_stale(acceptor_.get_executor(), local)) ::unlink(local.path().c_str());
        address = local;
    } else {
        address = stream_endpoint(asio::ip::make_address(endpoint.host), endpoint.port);
    }
    acceptor_.open(address.protocol());
    if (!endpoint.is_unix) acceptor_.set_option(asio::socket_base::reuse_address(true));
    if (address.protocol().family() == AF_INET6)
        acceptor_.set_option(asio::ip::v6_only(endpoint.host != "::"));
    acceptor_.bind(address);
    owns_file_ = endpoint.is_unix;
    if (!endpoint.is_unix && options_.taps.wire) keep_syns();
    acceptor_.listen(backlog);
    local_ = endpoint_of(acceptor_.local_endpoint(), endpoint);
}

Listener::Listener(asio::any_io_executor executor, asio::any_io_executor pool, int descriptor,
                   const Options& options)
    : acceptor_(executor),
      pool_(std::move(pool)),
      strands_(options.strands),
      options_(options.stream) {
    const auto fail = [descriptor](error_code cause) {
        throw Failure(Fault::local, "listen on descriptor " + std::to_string(descriptor), cause);
    };
    int listens = 0;
    socklen_t size = sizeof listens;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0)
        fail(last_error());
    if (listens == 0) fail(asio::error::invalid_argument);
    sockaddr_storage storage{};
    size = sizeof storage;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
    acceptor_.assign(Generic(storage.ss_family, 0), descriptor);
    Endpoint place;
    place.is_unix = storage.ss_family == AF_UNIX;
    if (place.is_unix) place.host = path_of(reinterpret_cast<const sockaddr_un&>(storage), size);
    local_ = endpoint_of(acceptor_.local_endpoint(), place);
}

// For who looks at the wire the kernel keeps the packet that began a connection, from IP on.
void Listener::keep_syns() {
    const int on = 1;
    ::setsockopt(acceptor_.native_handle(), IPPROTO_TCP, TCP_SAVE_SYN, &on, sizeof on);
}

namespace {

std::string saved_syn(int socket) {
    std::string packet(256, '\0');
    auto size = static_cast<socklen_t>(packet.size());
    if (::getsockopt(socket, IPPROTO_TCP, TCP_SAVED_SYN, packet.data(), &size) != 0) size = 0;
    packet.resize(size);
    return packet;
}

}  // namespace

void Listener::close() {
    if (!acceptor_.is_open()) return;
    error_code ignored;
    acceptor_.close(ignored);
    if (owns_file_) ::unlink(local_.host.c_str());
}

awaitable<result<Stream>> Listener::accept() {
    Generic::endpoint peer;
    asio::any_io_executor strand;
    if (strands_.empty())
        strand = new_strand(pool_);
    else
        strand = strands_[accepted_++ % strands_.size()];
    auto [ec, socket] = co_await acceptor_.async_accept(strand, peer, no_throw);
    if (ec) co_return ec;
    Flow flow;
    flow.id = next_flow_id();
    flow.side = Side::server;
    flow.peer = endpoint_of(peer, local_);
    flow.local = endpoint_of(socket.local_endpoint(ec), local_);
    if (options_.taps.wire && !local_.is_unix) flow.syn = saved_syn(socket.native_handle());
    if (!local_.is_unix) socket.set_option(asio::ip::tcp::no_delay(true), ec);
    ++options_.connection;
    co_return Stream(std::move(socket), std::move(flow), options_);
}

}  // namespace nettool::net
