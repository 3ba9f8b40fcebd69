#pragma once
// Takes a content coding off a body in pieces: gzip, deflate, br and zstd (RFC 9110 §8.4.1).

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace nettool::proto {

class ContentDecoder {
public:
    enum class Status {
        more,      // has to come
        finished,  // this may be the end
        malformed,
        bomb,  // more than 200 bytes out of each that came, after the first MiB
    };

    using Sink = std::function<void(std::string_view)>;

    /// What an Accept-Encoding field offers.
    static constexpr std::string_view accepted = "gzip, deflate, br, zstd";

    /// Nothing for a coding that is not known; `identity` is one.
    static std::unique_ptr<ContentDecoder> make(std::string_view coding);

    ContentDecoder() = default;
    ContentDecoder(const ContentDecoder&) = delete;
    ContentDecoder& operator=(const ContentDecoder&) = delete;
    virtual ~ContentDecoder() = default;

    /// Hands what `coded` holds to `sink` in pieces of at most 64 KiB, which may throw.
    Status decode(std::string_view coded, const Sink& sink);

    /// Whether the body may end here.
    bool whole() const noexcept { return coded_bytes_ == 0 || status_ == Status::finished; }

protected:
    struct Step {
        Status status;
        std::size_t used;
        std::string_view piece;  // until the next step
    };

private:
    virtual Step step(std::string_view coded) = 0;

    std::uint64_t coded_bytes_ = 0;
    std::uint64_t decoded_bytes_ = 0;
    Status status_ = Status::more;
};

}  // namespace nettool::proto
