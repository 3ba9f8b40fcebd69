#pragma once
// Cookies of many servers, and which of them go to whom (RFC 6265).

#include "nettool/proto/web/url.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct Cookie {
    std::string name;
    std::string value;
    std::string domain;     // without a leading dot
    bool host_only = true;  // for `domain` itself, not for those below it
    std::string path = "/";
    bool secure = false;
    bool http_only = false;
    std::optional<std::chrono::sys_seconds> expires;  // nothing: with the session
};

class CookieJar {
public:
    using Time = std::chrono::sys_seconds;
    using IsPublicSuffix = std::function<bool(const std::string& domain)>;

    static constexpr std::size_t max_cookie_bytes = 4096;  // of one with its attributes
    static constexpr std::size_t max_per_domain = 180;
    static constexpr std::size_t max_cookies = 3000;

    explicit CookieJar(IsPublicSuffix is_public_suffix)
        : is_public_suffix_(std::move(is_public_suffix)) {}

    /// What a Set-Cookie field in an answer of `url` says (§5.3); false for a cookie that is not
    /// kept.  An expired one takes its namesake away.
    bool set(std::string_view text, const Url& url, Time now);

    /// The value of a Cookie field for `url` (§5.4); empty for none.
    std::string field_for(const Url& url, Time now) const;

    /// Reads lines of a Netscape cookie file, as curl and wget write them; the number of the first
    /// line that is none, if any.
    std::optional<std::size_t> read(std::string_view file, Time now);

    /// The same file, without what has expired.
    std::string file(Time now) const;

    const std::vector<Cookie>& cookies() const noexcept { return cookies_; }

private:
    void store(Cookie cookie, Time now);

    IsPublicSuffix is_public_suffix_;
    std::vector<Cookie> cookies_;  // in the order they were first set
};

}  // namespace nettool::proto
