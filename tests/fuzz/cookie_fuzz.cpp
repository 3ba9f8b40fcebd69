// The first line is the URL of an answer, the second its Set-Cookie field, the rest a cookie file.
#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/cookie_jar.hpp"

#include <algorithm>
#include <cstdint>

namespace {

using namespace nettool::proto;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 29);

void require(bool holds) {
    if (!holds) __builtin_trap();
}

std::string_view take_line(std::string_view& text) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    CookieJar jar([](const std::string& domain) { return domain.find('.') == domain.npos; });
    const auto url = parse_url(take_line(text));
    const auto field = take_line(text);
    if (url && url->is_web() && jar.set(field, *url, now)) {
        const auto sent = jar.field_for(*url, now);
        require(!nettool::has_control_bytes(sent));
        for (const auto& cookie : jar.cookies())
            require(cookie.domain == url->host || url->host.ends_with("." + cookie.domain));
    }
    jar.read(text, now);
    const auto file = jar.file(now);
    CookieJar again([](const std::string&) { return false; });
    require(!again.read(file, now));
    require(again.file(now) == file);
    return 0;
}
