#pragma once
// Puts a content coding on a body in pieces: gzip, br and zstd (RFC 9110 §8.4.1).

#include <functional>
#include <memory>
#include <string_view>

namespace nettool::proto {

/// At the levels that suit a body which is made while somebody waits for it.
class ContentEncoder {
public:
    using Sink = std::function<void(std::string_view)>;

    /// Nothing for a coding that is not known.
    static std::unique_ptr<ContentEncoder> make(std::string_view coding);

    ContentEncoder() = default;
    ContentEncoder(const ContentEncoder&) = delete;
    ContentEncoder& operator=(const ContentEncoder&) = delete;
    virtual ~ContentEncoder() = default;

    /// Hands to `sink` what is ready; it may hold much of it back until finish().
    virtual void encode(std::string_view plain, const Sink& sink) = 0;
    virtual void finish(const Sink& sink) = 0;
};

}  // namespace nettool::proto
