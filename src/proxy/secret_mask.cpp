#include "nettool/proxy/secret_mask.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nettool::proxy {
namespace {

constexpr std::size_t longest_name = 64;  // of a field that matters here

bool is_secret(std::string_view name) {
    constexpr std::array<std::string_view, 9> secrets = {
        "authentication-info",       "authorization",       "cookie",      "cookie2",  "set-cookie",
        "proxy-authentication-info", "proxy-authorization", "set-cookie2", "x-api-key"};
    return std::ranges::any_of(
        secrets, [name](std::string_view secret) { return equal_ignoring_case(secret, name); });
}

std::string redacted(std::size_t size) { return fmt::format("<redacted {} bytes>", size); }

// Behind `http://`, `//`, `/` or nothing, however many slashes there are.
std::size_t begin_of_authority(std::string_view url) {
    const auto colon = url.find(':');
    const bool has_scheme =
        colon != url.npos && colon + 1 < url.size() && url[colon + 1] == '/' &&
        std::ranges::all_of(url.substr(0, colon), [](char c) { return is_ascii_letter(c); });
    const auto begin = has_scheme ? colon + 1 : 0;
    return std::min(url.find_first_not_of('/', begin), url.size());
}

// Where a user and a password end; where the authority begins if there are none.  A password with a
// slash looks like a port that is none.
std::size_t end_of_user(std::string_view url, std::size_t begin) {
    const auto end = std::min(url.find_first_of("/?", begin), url.size());
    const auto authority = url.substr(begin, end - begin);
    const auto at = authority.rfind('@');
    if (at != authority.npos) return begin + at;
    const auto port = authority.find_last_of(":]");
    const bool is_odd = port != authority.npos && authority[port] == ':' &&
                        authority.find_first_not_of("0123456789", port + 1) != authority.npos;
    const auto last = url.rfind('@');
    return is_odd && last != url.npos ? last : begin;
}

void append_without_user(std::string& safe, std::string_view url) {
    const auto begin = begin_of_authority(url);
    const auto end = end_of_user(url, begin);
    safe.append(url.substr(0, begin));
    if (end > begin) safe += redacted(end - begin);
    safe.append(url.substr(end));
}

// METHOD URL VERSION, or whatever else begins a message.
void append_start_line(std::string& safe, std::string_view line) {
    const auto first = std::min(line.find(' ') + 1, line.size());
    const auto last = std::max(std::min(line.rfind(' '), line.size()), first);
    safe.append(line.substr(0, first));
    append_without_user(safe, line.substr(first, last - first));
    safe.append(line.substr(last));
}

void append_field(std::string& safe, std::string_view line) {
    const auto value = std::min(line.find_first_not_of(" \t", line.find(':') + 1), line.size());
    const bool is_url =
        line.substr(value).find("://") != line.npos || line.substr(value).starts_with("//");
    if (!is_url) {
        safe.append(line);
        return;
    }
    safe.append(line.substr(0, value));
    append_without_user(safe, line.substr(value));
}

}  // namespace

std::string SecretMask::masked(std::string_view piece) {
    std::string safe;
    safe.reserve(piece.size());
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        const auto line = piece.substr(0, end == piece.npos ? end : end + 1);
        piece.remove_prefix(line.size());
        take_line(safe, line);
    }
    return safe;
}

// All of a line, or as much of it as has come.
void SecretMask::take_line(std::string& safe, std::string_view line) {
    const auto shown = line.substr(0, std::min(line.find_last_not_of("\r\n") + 1, line.size()));
    const auto line_end = line.substr(shown.size());
    const bool is_new = begun_.empty();
    const bool goes_on = is_new && (shown.starts_with(' ') || shown.starts_with('\t'));
    if (is_new && !goes_on) is_secret_ = false;
    const auto whole = begun_ + std::string(shown);
    const auto name_end = whole.find_first_of(": \t");
    const bool was_secret = is_secret_;
    if (name_end != whole.npos && is_secret(whole.substr(0, name_end))) is_secret_ = true;
    const auto colon = whole.find(':');
    if (is_secret_ && !was_secret && colon != whole.npos && colon >= begun_.size()) {
        const auto from = colon - begun_.size();
        safe.append(shown.substr(0, from)).append(": ");
        safe += redacted(without_blanks(shown.substr(from + 1)).size());
    } else if (is_secret_) {
        if (!shown.empty()) safe += redacted(shown.size());
    } else if (is_start_ && is_new) {
        append_start_line(safe, shown);
    } else {
        append_field(safe, shown);
    }
    safe.append(line_end);
    const bool has_ended = line.ends_with('\n');
    begun_ = has_ended ? std::string() : whole.substr(0, longest_name);
    // Behind an empty line a message may begin.
    if (has_ended) is_start_ = shown.empty() && is_new;
}

std::string without_secrets(std::string_view head) {
    SecretMask mask;
    return mask.masked(head);
}

}  // namespace nettool::proxy
