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
    std::string_view bytes;    // until the next one is read
    std::uint32_t length = 0;  // on the wire
    std::string_view comment;
};

/// In memory bounded by the largest block, which is at most max_block_bytes.
class CaptureReader {
public:
    /// Fills as much of the buffer as it can; less means the end.
    using Source = std::function<std::size_t(char*, std::size_t)>;
    static constexpr std::uint32_t max_block_bytes = 16U << 20;

    explicit CaptureReader(Source source) : source_(std::move(source)) {}

    /// Nothing at the end, also where the rest cannot be understood.
    std::optional<CapturedPacket> next();

    /// Why it ended before the end of the file; empty if it did not.
    const std::string& trouble() const noexcept { return trouble_; }

private:
    struct Interface {
        std::uint16_t linktype = 0;
        std::uint64_t ticks_per_second = 1'000'000;
        std::int64_t offset_seconds = 0;
    };
    enum class Format { unknown, pcap, pcapng };

    bool begin();
    bool begin_pcap(std::uint32_t magic);
    bool read(std::size_t size);
    bool fail(std::string why);
    std::uint16_t u16(std::size_t at) const;
    std::uint32_t u32(std::size_t at) const;
    std::uint64_t u64_of_halves(std::size_t at) const;
    std::optional<CapturedPacket> next_of_pcap();
    std::optional<CapturedPacket> next_of_pcapng();
    bool read_block(std::uint32_t& type, std::uint32_t& size);
    bool begin_section();
    void add_interface();
    std::optional<CapturedPacket> enhanced_packet();
    std::optional<CapturedPacket> obsolete_packet();
    std::optional<CapturedPacket> simple_packet();
    CapturedPacket packet(std::size_t interface, std::uint64_t ticks, std::size_t begin,
                          std::uint32_t captured, std::uint32_t length);
    void each_option(
        std::size_t begin,
        const std::function<void(std::uint16_t, std::size_t, std::size_t)>& take) const;

    Source source_;
    Format format_ = Format::unknown;
    bool swapped_ = false;
    bool ended_ = false;
    std::string buffer_;  // the body of the present block or record
    std::vector<Interface> interfaces_;
    std::uint64_t number_ = 0;
    std::string trouble_;
};

}  // namespace nettool::proto
