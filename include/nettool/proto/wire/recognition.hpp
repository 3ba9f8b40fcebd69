#pragma once
// Tells what the two sides of a conversation say, in the words of their protocol.

#include "nettool/proto/wire/conversation.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

class Dialect;

/// HTTP/1, TLS, SMTP, DNS and the exercises, known by their first bytes and then followed.  In
/// bounded memory, whatever the bytes.
class Recognition {
public:
    /// By then a protocol is recognised, or never.
    static constexpr std::size_t opening_bytes = 8UL << 10;

    Recognition(bool is_tcp, std::uint16_t server_port);
    Recognition(Recognition&&) noexcept;
    Recognition& operator=(Recognition&&) noexcept;
    ~Recognition();

    /// The next bytes of a side, in order, or a datagram.
    struct Heard {
        Way way = Way::to_server;
        std::string_view bytes;
        bool behind_gap = false;  // some before them are missing
        std::chrono::nanoseconds time{0};
    };
    /// What these bytes complete: `HTTP GET /x`, `sum answer 42, right`; empty if nothing is known.
    /// Escaped, for a terminal.
    std::string read(const Heard& heard);

    /// `HTTP`, `sum`; empty while it is not known.
    std::string name() const;
    /// What is to be said at the end: `10 probes, 7 answered, lost: 3 5 9`.
    std::string summary() const;

    std::size_t memory() const;
    /// Gives all of it back; nothing will be recognised any more.
    void forget();

private:
    struct Part {
        Way way;
        std::string bytes;
        std::chrono::nanoseconds time;
    };

    bool recognise(const Heard& heard);
    void replay();
    void forget_opening();

    bool is_tcp_;
    std::uint16_t port_;
    bool given_up_ = false;
    std::vector<Part> opening_;
    std::string request_, answer_;  // the first bytes of either side
    std::unique_ptr<Dialect> dialect_;
};

}  // namespace nettool::proto
