#include "nettool/proto/wire/ladder.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

bool is_text(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\r' || c == '\t';
    });
}

// Columns, near enough: what is not the middle of a character.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string count(std::uint64_t n, std::string_view one, std::string_view many) {
    return n == 0 ? std::string() : fmt::format(", {} {}", n, n == 1 ? one : many);
}

}  // namespace

std::string shown_payload(std::string_view bytes) {
    constexpr std::size_t most_text = 60, most_hex = 16;
    if (is_text(bytes.substr(0, most_text))) return quoted(bytes, most_text);
    std::string hex;
    for (const char c : bytes.substr(0, most_hex))
        hex += fmt::format("{}{:02x}", hex.empty() ? "" : " ", static_cast<unsigned char>(c));
    return hex + (bytes.size() > most_hex ? " …" : "");
}

std::string label_of(const Conversations::Told& told) {
    const auto& step = told.step;
    auto label = step.kind;
    if (step.kind == "SYN" || step.kind == "SYN-ACK")
        label += fmt::format(" seq={}", step.sequence);
    if (step.kind == "SYN-ACK") label += fmt::format(" ack={}", step.acknowledged);
    if (told.packet.payload_size > 0)
        label +=
            fmt::format(" {} B {}", told.packet.payload_size, shown_payload(told.packet.payload));
    return label;
}

std::string remark_of(const Conversations::Told& told) {
    auto remark = told.step.note;
    append_joined(remark, ", ", told.message);
    return remark;
}

std::string rung(Way way, std::string_view label, Ends ends) {
    constexpr std::size_t width = 34;
    const bool right = way == Way::to_server;
    const auto used = width_of(label) + 2;
    auto text =
        fmt::format("{}---- {} {}{}", right ? "|--" : "|<-", label,
                    std::string(used < width ? width - used : 1, '-'), right ? "->|" : "--|");
    return ends == Ends::named ? "client " + text + " server" : "       " + text + "       ";
}

std::string title_of(const Dialogue& dialogue) {
    const auto& talk = dialogue.conversation();
    auto text =
        fmt::format("{}. {} client {} server {}", dialogue.number(), talk.is_tcp() ? "TCP" : "UDP",
                    to_string(talk.client()), to_string(talk.server()));
    const auto name = dialogue.recognition().name();
    return name.empty() ? text : text + ", " + name;
}

std::string summary_of(const Dialogue& dialogue) {
    const auto& talk = dialogue.conversation();
    const auto& counts = talk.counts();
    auto text =
        fmt::format("{} packet{}, {} B to the server, {} B to the client", counts.packets,
                    counts.packets == 1 ? "" : "s", counts.bytes_to_server, counts.bytes_to_client);
    if (const auto rtt = talk.round_trip())
        text += fmt::format(", round trip {:.3f} ms", static_cast<double>(rtt->count()) / 1e6);
    text += count(counts.retransmissions, "retransmission", "retransmissions");
    text += count(counts.out_of_order, "packet out of order", "packets out of order");
    text += count(counts.duplicate_acks, "duplicate ACK", "duplicate ACKs");
    text += count(counts.missing_bytes, "byte not captured", "bytes not captured");
    text += count(counts.zero_windows, "zero window", "zero windows");
    text += count(counts.resets, "reset", "resets");
    const auto summary = dialogue.recognition().summary();
    return summary.empty() ? text : text + ", " + summary;
}

std::string display_filter_of(const Dialogue& dialogue) {
    const auto& talk = dialogue.conversation();
    const auto& client = talk.client();
    const auto& server = talk.server();
    const auto* transport = talk.is_tcp() ? "tcp" : "udp";
    const auto* ip = client.address.is_v6 ? "ipv6" : "ip";
    return fmt::format("{0}.addr == {1} && {0}.addr == {2} && {3}.port == {4} && {3}.port == {5}",
                       ip, to_string(client.address), to_string(server.address), transport,
                       client.port, server.port);
}

}  // namespace nettool::proto
