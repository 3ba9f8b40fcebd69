#pragma once
// Remembers what names mean, for servers that look them up for clients: each is asked for once.

#include "nettool/net/resolver.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace nettool::net {

/// Used from any thread; each caller is on a strand and is woken there.
class NameCache {
public:
    using Addresses = std::vector<asio::ip::address>;
    using Resolve = std::function<awaitable<result<Addresses>>(std::string, Family)>;

    struct Options {
        std::chrono::milliseconds keep{30'000};         // what a name means
        std::chrono::milliseconds keep_failure{5'000};  // that there is no such name
        std::chrono::milliseconds patience{5'000};      // of one who asks; zero: no end
        std::size_t most = 1000;                        // names, those being looked up among them
    };

    explicit NameCache(Options options, Resolve resolve = net::resolve);
    NameCache(const NameCache&) = delete;
    NameCache& operator=(const NameCache&) = delete;
    /// Before the io_context's: tells the look-ups that are under way to stop.  They own what they
    /// touch, so nobody has to wait for them.
    ~NameCache();

    /// As resolve() has it.  Who asks for a name that is being looked up waits for that one
    /// look-up, which goes on when nobody waits any longer.  Errc::timed_out: not known in time;
    /// operation_aborted: cancelled; host_not_found_try_again: too many look-ups are under way.
    awaitable<result<Addresses>> look_up(std::string host, Family family = Family::any);

    /// The next one who asks for it has it looked up anew.
    void forget(const std::string& host);

private:
    class State;
    std::shared_ptr<State> state_;  // shared with the look-ups
};

}  // namespace nettool::net
