#include "datagram_hall.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace nettool::cli {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using Verdict = net::ReplyGuard::Verdict;

namespace {

constexpr std::size_t most_late = 10'000;   // datagrams; what comes beyond them is lost
constexpr auto longest_overtaking = 100ms;  // a datagram is held back until the next, or so long
constexpr int most_that_wait = 100'000;     // in the kernel, at the end

}  // namespace

DatagramHall::DatagramHall(Context& context, Server::Answer answer,
                           const net::DatagramFaultOptions& faults,
                           const net::ReplyGuard::Limits& limits)
    : context_(context),
      answer_(std::move(answer)),
      faults_(faults),
      guard_(limits),
      wake_(context.executor),
      tasks_(context.executor, [this](std::exception_ptr error) { failure_ = error; }) {}

net::DatagramSocket& DatagramHall::open(const net::DatagramSocket::Address& local, bool stamped) {
    auto& socket =
        sockets_.emplace_back(context_.executor, local, net::Side::server, context_.taps);
    socket.ask_for_targets();
    if (stamped) socket.ask_for_stamps();
    if (faults_.any()) socket.imitate(faults_);
    return socket;
}

awaitable<void> DatagramHall::run() {
    for (auto& socket : sockets_) tasks_.spawn(serve(socket));
    if (faults_.any()) tasks_.spawn(deliver_late_ones());
    co_await tasks_.join();
    if (failure_) std::rethrow_exception(failure_);
}

std::uint64_t DatagramHall::dropped() const {
    std::uint64_t dropped = 0;
    for (const auto& socket : sockets_) dropped += socket.dropped();
    return dropped;
}

awaitable<void> DatagramHall::serve(net::DatagramSocket& socket) {
    co_await net::hear_requests_to_stop();
    std::vector<char> buffer(net::max_datagram_bytes);
    for (;;) {
        const bool stopped = co_await net::stop_requested();
        if (stopped) break;
        const auto raw = co_await socket.receive(asio::buffer(buffer));
        if (!raw) continue;  // cancelled, or an ICMP error of an earlier answer
        co_await take(socket, *raw, {buffer.data(), raw->size});
    }
    // What the kernel holds by now has been received, too.
    for (int i = 0; i < most_that_wait; ++i) {
        const auto raw = socket.receive_now(asio::buffer(buffer));
        if (raw.error() == asio::error::would_block) break;
        if (!raw) continue;
        co_await take(socket, *raw, {buffer.data(), raw->size});
    }
}

awaitable<void> DatagramHall::take(net::DatagramSocket& socket, const Raw& datagram,
                                   std::string_view bytes) {
    if (!faults_.any()) {
        co_await answer(socket, datagram, bytes);
        co_return;
    }
    const auto& fate = datagram.fate;
    auto overtaken = std::exchange(held_back_, {});
    Late late{&socket, datagram, std::string(bytes)};
    if (fate.flipped_bit) {
        auto& byte = late.bytes[*fate.flipped_bit / 8];
        byte = static_cast<char>(byte ^ 1 << *fate.flipped_bit % 8);
    }
    if (fate.copy) put_off(*fate.copy, late);
    if (!fate.lost && fate.held_back)
        held_back_.push_back(std::move(late));
    else if (!fate.lost && fate.delay.count() == 0)
        co_await answer(socket, datagram, late.bytes);
    else if (!fate.lost)
        put_off(fate.delay, std::move(late));
    for (auto& one : overtaken) put_off(fate.delay, std::move(one));
    wake_.cancel();
}

void DatagramHall::put_off(microseconds delay, Late late) {
    if (late_.size() >= most_late) return;
    late_.emplace(Clock::now() + delay, std::move(late));
}

awaitable<void> DatagramHall::deliver_late_ones() {
    co_await net::hear_requests_to_stop();
    for (;;) {
        const bool stopped = co_await net::stop_requested();
        if (stopped) co_return;  // a network that is taken down loses what is on its way
        const auto now = Clock::now();
        co_await deliver(now);
        auto next = late_.empty() ? Clock::time_point::max() : late_.begin()->first;
        if (!held_back_.empty()) next = std::min(next, now + longest_overtaking);
        wake_.expires_at(next);
        const auto [ec] = co_await wake_.async_wait(no_throw);
        // Nothing came that could have overtaken them.
        if (!ec && Clock::now() >= now + longest_overtaking)
            for (auto& one : std::exchange(held_back_, {})) put_off(0us, std::move(one));
    }
}

awaitable<void> DatagramHall::deliver(Clock::time_point due) {
    while (!late_.empty() && late_.begin()->first <= due) {
        const auto entry = late_.extract(late_.begin());
        const auto& late = entry.mapped();
        co_await answer(*late.socket, late.datagram, late.bytes);
    }
}

awaitable<void> DatagramHall::answer(net::DatagramSocket& socket, const Raw& raw,
                                     std::string_view bytes) {
    Server::Datagram datagram;
    datagram.bytes = bytes;
    datagram.peer = net::endpoint_of(raw.peer);
    datagram.received = raw.received;
    const auto reply = answer_(datagram);
    if (!reply || !may_answer(raw, socket.local(), *reply)) co_return;
    // With several addresses the system might choose another one than was asked.
    const auto sent = co_await socket.send(*reply, raw.peer, raw.asked);
    if (!sent) context_.log.detail("cannot answer: " + sent.error().message());
}

bool DatagramHall::may_answer(const Raw& raw, const net::Endpoint& local,
                              const std::string& reply) {
    switch (guard_.judge(raw, local, reply, Clock::now())) {
        case Verdict::answer: return true;
        case Verdict::loop_begins:
            context_.log.notice(to_string(net::endpoint_of(raw.peer)) +
                                " is answered the same again and again: a loop, not answered "
                                "until it has been silent for a second");
            break;
        case Verdict::never:
        case Verdict::too_many:
        case Verdict::loop: break;
    }
    return false;
}

}  // namespace nettool::cli
