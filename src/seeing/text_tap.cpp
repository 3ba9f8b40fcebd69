#include "nettool/seeing/text_tap.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace nettool::seeing {
namespace {

constexpr std::size_t max_shown_bytes = 4096;  // of one message
constexpr std::size_t bytes_a_line = 16;

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// As hexdump -C writes it.
std::string hex_line(std::size_t at, std::string_view line) {
    std::string hex, plain;
    for (std::size_t i = 0; i < bytes_a_line; ++i) {
        if (i == bytes_a_line / 2) hex += ' ';
        if (i >= line.size()) {
            hex += "   ";
            continue;
        }
        const auto byte = static_cast<unsigned char>(line[i]);
        hex += fmt::format("{:02x} ", byte);
        plain += byte >= 0x20 && byte < 0x7f ? line[i] : '.';
    }
    return fmt::format("    {:08x}  {} |{}|\n", at, hex, plain);
}

std::string hex_dump(std::string_view bytes) {
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += bytes_a_line)
        out += hex_line(at, bytes.substr(at, bytes_a_line));
    return out;
}

std::string message_text(const net::Event& event, TextTap::Style style) {
    const auto all = text_of(event.bytes);
    const auto shown = all.substr(0, max_shown_bytes);
    const std::string head = fmt::format("{} byte{}", all.size(), all.size() == 1 ? "" : "s");
    const std::string tail = shown.size() < all.size()
                                 ? fmt::format("    … {} more bytes\n", all.size() - shown.size())
                                 : std::string();
    if (style == TextTap::Style::hex) return head + "\n" + hex_dump(shown) + tail;
    return head + " " + quoted(shown, max_shown_bytes) + "\n" + tail;
}

std::string_view arrow_of(net::Event::Kind kind) {
    using enum net::Event::Kind;
    if (kind == sent) return "->";
    return kind == received ? "<-" : "--";
}

std::string what_of(const net::Event& event, TextTap::Style style) {
    using enum net::Event::Kind;
    switch (event.kind) {
        case connected: return "connected\n";
        case accepted: return "accepted\n";
        case closed: return "closed\n";
        case aborted: return "reset by us\n";
        case fault: return "on purpose: " + std::string(text_of(event.bytes)) + "\n";
        case sent:
        case received: return message_text(event, style);
        default: return {};
    }
}

}  // namespace

std::string trace_text(const net::Event& event, TextTap::Style style) {
    const auto what = what_of(event, style);
    if (what.empty()) return {};
    return fmt::format("{} {} {} {} {}", time_of_day(event.time), to_string(event.flow.local),
                       arrow_of(event.kind), to_string(event.flow.peer), what);
}

void TextTap::observe(const net::Event& event) noexcept {
    try {
        auto text = trace_text(event, style_);
        if (text.empty()) return;
        const bool in = event.kind == net::Event::Kind::received;
        const bool out = event.kind == net::Event::Kind::sent;
        if (colored_ && (in || out))
            text = std::string(in ? "\x1b[36m" : "\x1b[33m") + text + "\x1b[0m";
        write_(text);
    } catch (const std::exception&) {
        return;  // no memory for a line: the connection matters more than its trace
    }
}

}  // namespace nettool::seeing
