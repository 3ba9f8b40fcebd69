// Recognises DNS messages: what is asked, and what is answered (RFC 1035, 3596).

#include "bytes.hpp"
#include "dialects.hpp"
#include "nettool/proto/wire/dissect.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::size_t header = 12;

std::string type_name(unsigned type) {
    switch (type) {
        case 1: return "A";
        case 2: return "NS";
        case 5: return "CNAME";
        case 6: return "SOA";
        case 12: return "PTR";
        case 15: return "MX";
        case 16: return "TXT";
        case 28: return "AAAA";
        case 33: return "SRV";
        case 65: return "HTTPS";
        case 255: return "ANY";
        default: return fmt::format("TYPE{}", type);
    }
}

std::string_view fault_name(unsigned code) {
    constexpr std::array<std::string_view, 6> names = {
        "", "format error", "server failure", "no such name", "not implemented", "refused"};
    return code < names.size() ? names[code] : "error";
}

/// A message from front to back; reads beyond its end are zeros.
class Message {
public:
    explicit Message(std::string_view text) : text_(text), bytes_(text) {}

    std::size_t at = header;
    unsigned u16(std::size_t where) const { return bytes_.u16(where); }
    bool ended() const { return at >= text_.size(); }

    // A name and its end; follows at most so many pointers (RFC 1035, section 4.1.4).
    std::string take_name() {
        std::string name;
        std::size_t here = at;
        bool jumped = false;
        for (int steps = 0; steps < 128; ++steps) {
            const auto size = bytes_.u8(here);
            if (size >= 0xc0) {
                if (!jumped) at = here + 2;
                jumped = true;
                here = bytes_.u16(here) & 0x3fff;
                continue;
            }
            ++here;
            if (size == 0) break;
            if (!name.empty()) name += '.';
            if (here < text_.size()) name += text_.substr(here, size);
            here += size;
        }
        if (!jumped) at = here;
        return name.empty() ? "." : name;
    }

    std::string take_data() {
        const auto type = u16(at);
        const std::size_t size = u16(at + 8);
        at += 10;
        const auto end = at + size;
        auto text = type_name(type) + " " + data_text(type, size);
        at = end;
        return text;
    }

private:
    std::string data_text(unsigned type, std::size_t size) {
        constexpr unsigned a = 1, ns = 2, cname = 5, ptr = 12, mx = 15, aaaa = 28;
        const bool is_v6 = type == aaaa && size == 16;
        if (at + size > text_.size()) return "…";
        if (is_v6 || (type == a && size == 4)) {
            IpAddress address;
            address.is_v6 = is_v6;
            text_.copy(reinterpret_cast<char*>(address.bytes.data()), size, at);
            return to_string(address);
        }
        if (type == mx) at += 2;
        if (type == ns || type == cname || type == ptr || type == mx) return take_name();
        return fmt::format("{} B", size);
    }

    std::string_view text_;
    Bytes bytes_;
};

std::string message_text(std::string_view text) {
    constexpr unsigned response = 0x8000;
    constexpr unsigned most_shown = 4;
    Message message(text);
    const auto flags = message.u16(2), questions = message.u16(4), answers = message.u16(6);
    std::string asked;
    for (unsigned i = 0; i < std::min(questions, most_shown) && !message.ended(); ++i) {
        const auto name = message.take_name();
        asked += fmt::format(" {} {}", type_name(message.u16(message.at)), name);
        message.at += 4;
    }
    if (!(flags & response)) return "DNS query" + asked;
    std::string said;
    for (unsigned i = 0; i < std::min(answers, most_shown) && !message.ended(); ++i) {
        message.take_name();
        said += (said.empty() ? " " : ", ") + message.take_data();
    }
    if (answers > most_shown) said += ", …";
    if (flags & 15) return fmt::format("DNS {}{}", fault_name(flags & 15), asked);
    return "DNS answer" + (said.empty() ? " without a record for" + asked : said);
}

class Dns final : public Dialect {
public:
    explicit Dns(bool is_tcp) : is_tcp_(is_tcp) {}
    std::string_view name() const override { return "DNS"; }
    std::size_t memory() const override { return sides_[0].capacity() + sides_[1].capacity(); }

    void read(const Heard& heard, Said& said) override {
        if (!is_tcp_) return said.add(message_text(heard.bytes));
        auto& side = sides_[heard.way == Way::to_server ? 0 : 1];
        if (heard.behind_gap) side.clear();
        side += heard.bytes;
        // A length goes before each (RFC 1035, section 4.2.2).
        while (side.size() >= 2 && side.size() >= 2UL + Bytes(side).u16(0)) {
            const std::size_t size = Bytes(side).u16(0);
            said.add(message_text(std::string_view(side).substr(2, size)));
            side.erase(0, 2 + size);
        }
    }

private:
    bool is_tcp_;
    std::array<std::string, 2> sides_;
};

}  // namespace

std::unique_ptr<Dialect> recognise_dns(const Opening& opening) {
    constexpr std::uint16_t domain = 53, multicast_domain = 5353;
    const bool there = opening.port == domain || opening.port == multicast_domain;
    const auto first = opening.request.empty() ? opening.answer : opening.request;
    if (!there || first.size() < header) return nullptr;
    return std::make_unique<Dns>(opening.is_tcp);
}

}  // namespace nettool::proto
