#include "nettool/proto/web/cookie_jar.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/cookie_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

using Time = CookieJar::Time;

bool is_address(std::string_view host) {
    return host.starts_with('[') ||
           (!host.empty() && host.find_first_not_of("0123456789.") == host.npos);
}

// §5.1.3
bool domain_matches(std::string_view host, std::string_view domain) {
    if (host == domain) return true;
    return host.size() > domain.size() && host.ends_with(domain) &&
           host[host.size() - domain.size() - 1] == '.' && !is_address(host);
}

// §5.1.4
bool path_matches(std::string_view path, std::string_view of_cookie) {
    if (!path.starts_with(of_cookie)) return false;
    return path.size() == of_cookie.size() || of_cookie.ends_with('/') ||
           path[of_cookie.size()] == '/';
}

std::string default_path(const Url& url) {
    const auto slash = url.path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : url.path.substr(0, slash);
}

bool is_same(const Cookie& a, const Cookie& b) {
    return a.name == b.name && a.domain == b.domain && a.path == b.path &&
           a.host_only == b.host_only;
}

bool has_expired(const Cookie& cookie, Time now) {
    return cookie.expires && *cookie.expires <= now;
}

// Far away, and still a year of four digits.
constexpr Time end_of_time = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);

// The attributes of a cookie as they are read one by one (§5.2).
class Attributes {
public:
    Attributes(Cookie& cookie, Time now) : cookie_(cookie), now_(now) {}

    std::string domain;

    void take(std::string_view name, std::string_view value) {
        if (equal_ignoring_case(name, "expires")) {
            if (!has_max_age_)
                if (const auto date = parse_cookie_date(value)) cookie_.expires = *date;
        } else if (equal_ignoring_case(name, "max-age")) {
            take_max_age(value);
        } else if (equal_ignoring_case(name, "domain")) {
            if (value.starts_with('.')) value.remove_prefix(1);
            domain = ascii_lowered(value);
        } else if (equal_ignoring_case(name, "path")) {
            if (value.starts_with('/')) cookie_.path = value;
        } else if (equal_ignoring_case(name, "secure")) {
            cookie_.secure = true;
        } else if (equal_ignoring_case(name, "httponly")) {
            cookie_.http_only = true;
        }
    }

private:
    void take_max_age(std::string_view value) {
        const auto digits = value.starts_with('-') ? value.substr(1) : value;
        if (digits.empty() || !std::ranges::all_of(digits, is_ascii_digit)) return;
        has_max_age_ = true;
        std::int64_t seconds = 0;
        const auto [stop, status] =
            std::from_chars(value.data(), value.data() + value.size(), seconds);
        const auto left = (end_of_time - now_).count();
        if (status != std::errc{}) seconds = value.starts_with('-') ? 0 : left;
        const bool over = value.starts_with('-') || seconds <= 0;
        cookie_.expires = over ? Time() : now_ + std::chrono::seconds(std::min(seconds, left));
    }

    Cookie& cookie_;
    Time now_;
    bool has_max_age_ = false;
};

// `__Host-` and `__Secure-` (RFC 6265bis §4.1.3).
bool keeps_prefix(const Cookie& cookie) {
    const auto begins = [&cookie](std::string_view prefix) {
        return equal_ignoring_case(std::string_view(cookie.name).substr(0, prefix.size()), prefix);
    };
    if (begins("__Secure-")) return cookie.secure;
    if (begins("__Host-")) return cookie.secure && cookie.host_only && cookie.path == "/";
    return true;
}

constexpr std::string_view http_only_mark = "#HttpOnly_";

bool is_domain(std::string_view text) {
    return !text.empty() && text.find_first_of("#. ") != 0 && !has_control_bytes(text);
}

// domain, whether also below it, path, secure, expires, name, value; by tabs.
std::optional<Cookie> cookie_of_line(std::string_view line) {
    Cookie cookie;
    cookie.http_only = line.starts_with(http_only_mark);
    if (cookie.http_only) line.remove_prefix(http_only_mark.size());
    std::array<std::string_view, 7> fields;
    std::size_t count = 0;
    while (count < fields.size()) {
        const bool last = count + 1 == fields.size();
        const auto end = last ? line.npos : line.find('\t');
        fields[count++] = line.substr(0, end);
        if (end == line.npos) break;
        line.remove_prefix(end + 1);
    }
    auto& [domain, below, path, secure, expires, name, value] = fields;
    if (domain.starts_with('.')) domain.remove_prefix(1);
    std::int64_t seconds = 0;
    const auto* const end = expires.data() + expires.size();
    const auto [stop, status] = std::from_chars(expires.data(), end, seconds);
    // Some editors take away the tab in front of an empty value.
    const bool sound = count + 1 >= fields.size() && status == std::errc{} && stop == end &&
                       is_domain(domain) && path.starts_with('/') && !name.empty() &&
                       !has_control_bytes(name) && !has_control_bytes(value);
    if (!sound) return std::nullopt;
    cookie.domain = ascii_lowered(domain);
    cookie.host_only = !equal_ignoring_case(below, "TRUE");
    cookie.path = path;
    cookie.secure = equal_ignoring_case(secure, "TRUE");
    const auto last = end_of_time.time_since_epoch().count();
    if (seconds > 0) cookie.expires = Time(std::chrono::seconds(std::min(seconds, last)));
    cookie.name = name;
    cookie.value = value;
    return cookie;
}

}  // namespace

bool CookieJar::set(std::string_view text, const Url& url, Time now) {
    if (text.size() > max_cookie_bytes || has_control_bytes(text) || !is_domain(url.host))
        return false;
    auto pair = text.substr(0, text.find(';'));
    text.remove_prefix(pair.size());
    const auto equals = pair.find('=');
    if (equals == pair.npos) return false;
    Cookie cookie;
    cookie.name = without_blanks(pair.substr(0, equals));
    cookie.value = without_blanks(pair.substr(equals + 1));
    if (cookie.name.empty()) return false;
    cookie.path = default_path(url);
    Attributes attributes(cookie, now);
    while (!text.empty()) {
        text.remove_prefix(1);
        const auto attribute = text.substr(0, text.find(';'));
        text.remove_prefix(attribute.size());
        const auto middle = attribute.find('=');
        const auto value =
            middle == attribute.npos ? std::string_view() : attribute.substr(middle + 1);
        attributes.take(without_blanks(attribute.substr(0, middle)), without_blanks(value));
    }
    cookie.domain = url.host;
    const auto& domain = attributes.domain;
    if (!domain.empty() && domain != url.host) {
        if (!domain_matches(url.host, domain) || is_public_suffix_(domain)) return false;
        cookie.domain = domain;
    }
    cookie.host_only = domain.empty() || (domain == url.host && is_address(domain)) ||
                       (domain == url.host && is_public_suffix_(domain));
    if ((cookie.secure && url.scheme != "https") || !keeps_prefix(cookie)) return false;
    store(std::move(cookie), now);
    return true;
}

void CookieJar::store(Cookie cookie, Time now) {
    std::erase_if(cookies_, [now](const Cookie& old) { return has_expired(old, now); });
    const auto same = std::ranges::find_if(
        cookies_, [&cookie](const Cookie& old) { return is_same(old, cookie); });
    const bool expired = has_expired(cookie, now);
    if (same != cookies_.end() && expired) {
        cookies_.erase(same);
    } else if (same != cookies_.end()) {
        *same = std::move(cookie);
    } else if (!expired) {
        const auto of_domain = [&cookie](const Cookie& old) { return old.domain == cookie.domain; };
        if (std::ranges::count_if(cookies_, of_domain) >=
            static_cast<std::ptrdiff_t>(max_per_domain))
            cookies_.erase(std::ranges::find_if(cookies_, of_domain));
        if (cookies_.size() == max_cookies) cookies_.erase(cookies_.begin());
        cookies_.push_back(std::move(cookie));
    }
}

std::string CookieJar::field_for(const Url& url, Time now) const {
    std::vector<const Cookie*> fitting;
    for (const auto& cookie : cookies_) {
        const bool host =
            cookie.host_only ? url.host == cookie.domain : domain_matches(url.host, cookie.domain);
        const bool secure = !cookie.secure || url.scheme == "https";
        if (host && secure && path_matches(url.path, cookie.path) && !has_expired(cookie, now))
            fitting.push_back(&cookie);
    }
    std::ranges::stable_sort(fitting, std::greater(),
                             [](const Cookie* cookie) { return cookie->path.size(); });
    std::string field;
    for (const auto* cookie : fitting) {
        if (!field.empty()) field += "; ";
        field.append(cookie->name).append("=").append(cookie->value);
    }
    return field;
}

std::optional<std::size_t> CookieJar::read(std::string_view file, Time now) {
    std::optional<std::size_t> bad;
    for (std::size_t number = 1; !file.empty(); ++number) {
        auto line = file.substr(0, file.find('\n'));
        file.remove_prefix(std::min(line.size() + 1, file.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const bool comment = line.starts_with('#') && !line.starts_with(http_only_mark);
        if (line.empty() || comment) continue;
        if (auto cookie = cookie_of_line(line))
            store(*std::move(cookie), now);
        else if (!bad)
            bad = number;
    }
    return bad;
}

std::string CookieJar::file(Time now) const {
    std::string text = "# Netscape HTTP Cookie File\n";
    for (const auto& cookie : cookies_) {
        if (has_expired(cookie, now)) continue;
        const auto expires = cookie.expires ? cookie.expires->time_since_epoch().count() : 0;
        text += fmt::format("{}{}{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                            cookie.http_only ? "#HttpOnly_" : "", cookie.host_only ? "" : ".",
                            cookie.domain, cookie.host_only ? "FALSE" : "TRUE", cookie.path,
                            cookie.secure ? "TRUE" : "FALSE", expires, cookie.name, cookie.value);
    }
    return text;
}

}  // namespace nettool::proto
