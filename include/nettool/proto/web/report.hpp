#pragma once
// The lines of a fetch report: `name: value`, and a digest for each thousand bytes of the body.

#include "nettool/base/digest.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

struct Fragment {
    std::uint64_t number = 0;  // from 1
    std::uint64_t first = 0;   // offset of its first byte
    std::uint64_t last = 0;    // and of its last
    std::string md5;           // lower-case hex

    bool operator==(const Fragment&) const = default;
};

/// `fragment 1: 0-999 md5 …`, with its line feed.
std::string fragment_line(const Fragment& fragment);
/// Without the line feed; nothing for another line.
std::optional<Fragment> parse_fragment_line(std::string_view line);

/// Cuts a body into fragments, in memory that does not grow with it.
class Fragmenter {
public:
    static constexpr std::uint64_t fragment_bytes = 1000;

    using Sink = std::function<void(const Fragment&)>;

    explicit Fragmenter(Sink sink) : sink_(std::move(sink)), digest_("md5") {}

    void feed(std::string_view bytes);
    void finish();
    std::uint64_t size() const noexcept { return size_; }

private:
    void end_fragment();

    Sink sink_;
    Digest digest_;
    std::uint64_t size_ = 0;
    std::uint64_t begin_ = 0;  // of the fragment that is being fed
    std::uint64_t number_ = 0;
};

}  // namespace nettool::proto
