#pragma once
// The datagrams of one server: what an imperfect network does to them, and whom it is safe to
// answer.

#include "nettool/cli/server.hpp"
#include "nettool/net/faults.hpp"
#include "nettool/net/reply_guard.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <exception>
#include <list>
#include <map>
#include <string>
#include <vector>

namespace nettool::cli {

/// Lives on the command's strand.
class DatagramHall {
public:
    DatagramHall(Context& context, Server::Answer answer, const net::DatagramFaultOptions& faults,
                 const net::ReplyGuard::Limits& limits);

    net::DatagramSocket& open(const net::DatagramSocket::Address& local, bool stamped);

    /// Until the caller is asked to stop and what has come by then is answered.
    awaitable<void> run();

    std::uint64_t dropped() const;  // by the kernel

private:
    using Clock = std::chrono::steady_clock;
    using Raw = net::DatagramSocket::Datagram;

    // One that is late.
    struct Late {
        net::DatagramSocket* socket;
        Raw datagram;
        std::string bytes;
    };

    awaitable<void> serve(net::DatagramSocket& socket);
    awaitable<void> take(net::DatagramSocket& socket, const Raw& datagram, std::string_view bytes);
    awaitable<void> answer(net::DatagramSocket& socket, const Raw& raw, std::string_view bytes);
    bool may_answer(const Raw& raw, const net::Endpoint& local, const std::string& reply);
    awaitable<void> deliver_late_ones();
    awaitable<void> deliver(Clock::time_point due);
    void put_off(std::chrono::microseconds delay, Late late);

    Context& context_;
    Server::Answer answer_;
    net::DatagramFaultOptions faults_;
    net::ReplyGuard guard_;
    std::list<net::DatagramSocket> sockets_;
    std::multimap<Clock::time_point, Late> late_;
    std::vector<Late> held_back_;
    asio::steady_timer wake_;
    std::exception_ptr failure_;
    net::TaskGroup tasks_;
};

}  // namespace nettool::cli
