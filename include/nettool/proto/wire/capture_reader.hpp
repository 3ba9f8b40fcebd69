#pragma once
// Reads capture files: pcapng and pcap, of either byte order, cut off anywhere.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct CapturedPacket {
    std::uint64_t number = 0;  // from 1
    std::chrono::nanoseconds time{0};
    std::uint16_t linktype = 0;
    std::string_view bytes;    // until next() or feed()
    std::uint32_t length = 0;  // on the wire
    std::string_view comment;
};

/// In memory bounded by the largest block, which is at most max_block_bytes, and the largest feed
/// (draft-ietf-opsawg-pcapng, draft-ietf-opsawg-pcap).
class CaptureReader {
public:
    static constexpr std::uint32_t max_block_bytes = 16U << 20;

    void feed(std::string_view bytes);
    /// Nothing will be fed any more.
    void end() noexcept { all_fed_ = true; }

    /// Nothing: wants more, or has ended.
    std::optional<CapturedPacket> next();
    /// No packet will come any more: all was read, or the rest cannot be understood.
    bool ended() const noexcept { return ended_; }
    /// Why it ended before the end of the file; empty if it did not.
    const std::string& trouble() const noexcept { return trouble_; }

private:
    struct Interface {
        std::uint16_t linktype = 0;
        std::uint32_t most_captured = 0;  // 0: no limit
        std::uint64_t ticks_per_second = 1'000'000;
        std::int64_t offset_seconds = 0;
    };
    enum class Format { unknown, pcap, pcapng };
    /// Where a packet lies in the present block.
    struct Place {
        std::size_t begin = 0;
        std::uint32_t captured = 0;
        std::uint32_t length = 0;
    };

    bool begin();
    bool begin_pcap(std::uint32_t magic);
    bool next_block(std::string_view& block);
    bool await(std::size_t size);
    bool fail(std::string why);
    std::optional<CapturedPacket> contradiction();
    std::uint16_t u16(std::string_view block, std::size_t at) const;
    std::uint32_t u32(std::string_view block, std::size_t at) const;
    std::optional<CapturedPacket> next_of_pcap();
    std::optional<CapturedPacket> next_of_pcapng();
    std::optional<CapturedPacket> read_block(std::string_view block);
    void add_interface(std::string_view block);
    std::optional<CapturedPacket> packet_block(std::string_view block, std::size_t interface,
                                               bool has_options);
    std::optional<CapturedPacket> simple_packet(std::string_view block);
    CapturedPacket packet(const Interface& interface, std::uint64_t ticks, std::string_view block,
                          const Place& place);
    using TakeOption = std::function<void(std::uint16_t, std::string_view)>;
    void each_option(std::string_view block, std::size_t begin, const TakeOption& take) const;

    Format format_ = Format::unknown;
    bool swapped_ = false;
    bool all_fed_ = false;
    bool ended_ = false;
    std::string buffer_;
    std::size_t at_ = 0;  // what is before it has been read
    std::vector<Interface> interfaces_;
    std::uint64_t number_ = 0;
    std::string trouble_;
};

}  // namespace nettool::proto
