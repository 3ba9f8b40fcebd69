#pragma once
// Responses that were made a moment ago and are still true: heads ready to be sent, with their
// bodies.

#include "nettool/base/unique_descriptor.hpp"
#include "nettool/http/exchange.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sys/stat.h>

namespace nettool::http {

/// A response, and the file or directory it was made of, as it was then.
struct CachedResponse {
    ReadyResponse response;
    UniqueDescriptor origin;
    struct stat status {};
    std::chrono::steady_clock::time_point made;
    /// When the origin was last looked at, in the clock's own ticks.
    mutable std::atomic<std::chrono::steady_clock::rep> looked = 0;
};

/// An entry holds for a second at most, and not beyond the next change of its origin, which is
/// looked at for each request, but not again within a tenth of a millisecond: what is written to a
/// file is in the next response.  Only what hides the origin from its path (a directory above that
/// was renamed, a compressed neighbour that has come) may be noticed a second late.
class ResponseCache {
public:
    static constexpr std::size_t max_body_bytes = 64UL * 1024;   // of a file
    static constexpr std::size_t max_listing_bytes = 8UL << 20;  // of a page
    static constexpr std::size_t max_bytes = 32UL << 20;
    static constexpr std::size_t max_entries = 512;  // each holds a descriptor

    std::shared_ptr<const ReadyResponse> find(std::string_view key,
                                              std::chrono::steady_clock::time_point now) const;

    /// What is known of an origin when a response begins to be made of it; nothing for one so
    /// young that the clock of the file system could not tell the next change.
    static std::shared_ptr<CachedResponse> begin(const UniqueDescriptor& origin);
    /// Once it is made: unless the origin has changed meanwhile.
    void put(std::string_view key, std::shared_ptr<CachedResponse> entry);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };

    void make_room(std::size_t bytes);

    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<const CachedResponse>, Hash, std::equal_to<>>
        entries_;
    std::size_t bytes_ = 0;
};

/// Under what the response to this request is found, in the request or in `buffer`; empty when it
/// must be made for it alone.
std::string_view cache_key(const RequestHead& request, std::string& buffer);

}  // namespace nettool::http
