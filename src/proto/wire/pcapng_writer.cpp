#include "nettool/proto/wire/pcapng_writer.hpp"

#include <algorithm>
#include <cstring>

namespace nettool::proto::pcapng {
namespace {

constexpr std::uint32_t section_type = 0x0a0d0d0a, interface_type = 1, packet_type = 6,
                        secrets_type = 10, statistics_type = 5;
constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint16_t comment_code = 1;

// Everything is in the machine's own order, which the magic number tells.
template <class T>
void append(std::string& out, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

void pad(std::string& out, std::size_t size) { out.append((4 - size % 4) % 4, '\0'); }

void append_option(std::string& out, std::uint16_t code, std::string_view value) {
    constexpr std::size_t longest = 65'535;
    value = value.substr(0, longest);
    append(out, code);
    append(out, static_cast<std::uint16_t>(value.size()));
    out += value;
    pad(out, value.size());
}

void append_text_option(std::string& out, std::uint16_t code, std::string_view value) {
    if (!value.empty()) append_option(out, code, value);
}

template <class T>
void append_number_option(std::string& out, std::uint16_t code, T value) {
    append(out, code);
    append(out, static_cast<std::uint16_t>(sizeof value));
    append(out, value);
    pad(out, sizeof value);
}

void end_options(std::string& out) { append(out, std::uint32_t{0}); }

// A block begins with its type and its length, which stands at its end again.
class Block {
public:
    Block(std::string& out, std::uint32_t type) : out_(out), begin_(out.size()) {
        append(out_, type);
        append(out_, std::uint32_t{0});
    }
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() {
        const auto size = static_cast<std::uint32_t>(out_.size() - begin_ + sizeof(std::uint32_t));
        std::memcpy(out_.data() + begin_ + 4, &size, sizeof size);
        append(out_, size);
    }

private:
    std::string& out_;
    std::size_t begin_;
};

void append_time(std::string& out, Time time) {
    const auto count = static_cast<std::uint64_t>(time.count());
    append(out, static_cast<std::uint32_t>(count >> 32));
    append(out, static_cast<std::uint32_t>(count));
}

void append_time_option(std::string& out, std::uint16_t code, Time time) {
    append(out, code);
    append(out, std::uint16_t{8});
    append_time(out, time);
}

}  // namespace

void append_section(std::string& out, std::string_view application, std::string_view comment) {
    constexpr std::uint16_t user_application = 4;
    const Block block(out, section_type);
    append(out, byte_order_magic);
    append(out, std::uint16_t{1});
    append(out, std::uint16_t{0});
    append(out, std::int64_t{-1});  // of unknown length
    append_text_option(out, comment_code, comment);
    append_text_option(out, user_application, application);
    end_options(out);
}

void append_interface(std::string& out, const Interface& interface) {
    constexpr std::uint16_t name = 2, description = 3, resolution = 9, filter = 11;
    const Block block(out, interface_type);
    append(out, interface.linktype);
    append(out, std::uint16_t{0});
    append(out, interface.most_captured);
    append_text_option(out, name, interface.name);
    append_text_option(out, description, interface.description);
    append_number_option(out, resolution, std::uint8_t{9});
    // The first byte says that the text is one that libpcap compiles.
    if (!interface.filter.empty())
        append_option(out, filter, std::string(1, '\0').append(interface.filter));
    end_options(out);
}

void append_packet(std::string& out, const Packet& packet) {
    constexpr std::uint16_t flags = 2;
    const auto captured = static_cast<std::uint32_t>(packet.bytes.size());
    const Block block(out, packet_type);
    append(out, std::uint32_t{0});
    append_time(out, packet.time);
    append(out, captured);
    append(out, std::max(captured, packet.length));
    out += packet.bytes;
    pad(out, captured);
    if (packet.heading == Heading::unknown && packet.comment.empty()) return;
    append_text_option(out, comment_code, packet.comment);
    if (packet.heading != Heading::unknown)
        append_number_option(out, flags, static_cast<std::uint32_t>(packet.heading));
    end_options(out);
}

void append_secrets(std::string& out, std::string_view key_log) {
    constexpr std::uint32_t tls_key_log = 0x544c534b;
    const Block block(out, secrets_type);
    append(out, tls_key_log);
    append(out, static_cast<std::uint32_t>(key_log.size()));
    out += key_log;
    pad(out, key_log.size());
}

void append_statistics(std::string& out, const Statistics& statistics) {
    constexpr std::uint16_t start_time = 2, end_time = 3, received = 4, dropped = 7;
    const Block block(out, statistics_type);
    append(out, std::uint32_t{0});
    append_time(out, statistics.end);
    append_time_option(out, start_time, statistics.begin);
    append_time_option(out, end_time, statistics.end);
    append_number_option(out, received, statistics.received);
    append_number_option(out, dropped, statistics.dropped);
    end_options(out);
}

}  // namespace nettool::proto::pcapng
