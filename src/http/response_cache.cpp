#include "response_cache.hpp"

#include "directory_service.hpp"
#include "nettool/http/content_negotiation.hpp"

namespace nettool::http {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto lifetime = 1s;
constexpr auto unnoticed = 100us;  // less than a client needs from a change to its next request

bool is_same(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// A file that was replaced or removed has another number of links, and with it another ctime.
bool is_true(const CachedResponse& entry) {
    struct stat now {};
    if (::fstat(entry.origin.get(), &now) != 0) return false;
    return is_same(now.st_ctim, entry.status.st_ctim) &&
           is_same(now.st_mtim, entry.status.st_mtim) && now.st_size == entry.status.st_size;
}

bool is_settled(const struct stat& status) {
    constexpr std::int64_t tick = 20'000'000;  // nanoseconds, longer than any kernel's
    constexpr std::int64_t second = 1'000'000'000;
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const auto age = [&](const timespec& time) {
        return (now.tv_sec - time.tv_sec) * second + now.tv_nsec - time.tv_nsec;
    };
    return age(status.st_mtim) > tick && age(status.st_ctim) > tick;
}

std::size_t size_of(const CachedResponse& entry) { return entry.response.text().size(); }

}  // namespace

std::shared_ptr<const ReadyResponse> ResponseCache::find(std::string_view key,
                                                         Clock::time_point now) const {
    std::shared_ptr<const CachedResponse> entry;
    {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(key);
        if (found == entries_.end()) return nullptr;
        entry = found->second;
    }
    if (now - entry->made > lifetime) return nullptr;
    const Clock::time_point looked(Clock::duration(entry->looked.load(std::memory_order_relaxed)));
    if (now - looked > unnoticed) {
        if (!is_true(*entry)) return nullptr;
        entry->looked.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    }
    const auto* response = &entry->response;
    return {std::move(entry), response};
}

void ResponseCache::put(std::string_view key, std::shared_ptr<CachedResponse> entry) {
    if (!is_true(*entry)) return;
    const auto bytes = size_of(*entry);
    const std::lock_guard lock(mutex_);
    make_room(bytes);
    auto& place = entries_[std::string(key)];
    if (place) bytes_ -= size_of(*place);
    bytes_ += bytes;
    place = std::move(entry);
}

void ResponseCache::make_room(std::size_t bytes) {
    const auto is_full = [&] {
        return entries_.size() >= max_entries || bytes_ + bytes > max_bytes;
    };
    if (!is_full()) return;
    const auto now = Clock::now();
    std::erase_if(entries_, [&](const auto& item) {
        const bool old = now - item.second->made > lifetime;
        if (old) bytes_ -= size_of(*item.second);
        return old;
    });
    if (!is_full()) return;
    entries_.clear();
    bytes_ = 0;
}

std::shared_ptr<CachedResponse> ResponseCache::begin(const UniqueDescriptor& origin) {
    auto entry = std::make_shared<CachedResponse>();
    if (::fstat(origin.get(), &entry->status) != 0 || !is_settled(entry->status)) return nullptr;
    entry->origin = origin.duplicated();
    if (!entry->origin) return nullptr;
    entry->made = Clock::now();
    return entry;
}

std::string_view cache_key(const RequestHead& request, std::string& buffer) {
    if (request.method != "GET") return {};
    std::optional<std::string_view> accept, codings;
    for (const auto& field : request.fields) {
        // By the letter they begin with: few fields do.
        switch (field.name.front() | 0x20) {
            case 'a':
                if (equal_ignoring_case(field.name, "accept")) accept = field.value;
                if (equal_ignoring_case(field.name, "accept-encoding")) codings = field.value;
                break;
            case 'i':
                if (field.name.size() > 3 && equal_ignoring_case(field.name.substr(0, 3), "if-"))
                    return {};
                break;
            case 'r':
                if (equal_ignoring_case(field.name, "range")) return {};
                break;
            default: break;
        }
    }
    if (!accept && !codings) return request.target;
    const bool json = accept && DirectoryService::wants_json(request, {});
    buffer.assign(request.target).append(json ? "\nj" : "\nh");  // no target has a line feed
    for (const auto coding : acceptable_codings(codings.value_or(""))) buffer += coding.front();
    return buffer;
}

}  // namespace nettool::http
