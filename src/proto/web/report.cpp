#include "nettool/proto/web/report.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

bool take(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

bool take(std::string_view& text, std::uint64_t& number) {
    const auto* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, number);
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    return status == std::errc{};
}

bool is_md5(std::string_view text) {
    constexpr std::size_t digits = 32;
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

std::string fragment_line(const Fragment& fragment) {
    return fmt::format("fragment {}: {}-{} md5 {}\n", fragment.number, fragment.first,
                       fragment.last, fragment.md5);
}

std::optional<Fragment> parse_fragment_line(std::string_view line) {
    Fragment fragment;
    const bool good = take(line, "fragment ") && take(line, fragment.number) && take(line, ": ") &&
                      take(line, fragment.first) && take(line, "-") && take(line, fragment.last) &&
                      take(line, " md5 ") && is_md5(line);
    if (!good) return std::nullopt;
    fragment.md5 = line;
    return fragment;
}

void Fragmenter::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto room = begin_ + fragment_bytes - size_;
        const auto part = bytes.substr(0, std::min<std::uint64_t>(room, bytes.size()));
        digest_.update(part);
        size_ += part.size();
        bytes.remove_prefix(part.size());
        if (size_ == begin_ + fragment_bytes) end_fragment();
    }
}

void Fragmenter::finish() {
    if (size_ > begin_) end_fragment();
}

void Fragmenter::end_fragment() {
    Fragment fragment;
    fragment.number = ++number_;
    fragment.first = begin_;
    fragment.last = size_ - 1;
    fragment.md5 = digest_.finish();
    begin_ = size_;
    sink_(fragment);
}

}  // namespace nettool::proto
