// Domain names to their DNS form: libidn2, and what it does not do of what browsers do.

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/url_host.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include <idn2.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

namespace nettool::proto {
namespace {

template <class T>
using Allocated = std::unique_ptr<T, decltype(&std::free)>;

template <class Visit>
void for_each_label(std::string_view domain, Visit visit) {
    for (;;) {
        const auto dot = domain.find('.');
        visit(domain.substr(0, dot));
        if (dot == domain.npos) return;
        domain.remove_prefix(dot + 1);
    }
}

std::optional<std::string> by_library(const std::string& domain) {
    constexpr int flags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;
    char* ascii = nullptr;
    const int status = ::idn2_to_ascii_8z(domain.c_str(), &ascii, flags);
    const Allocated<char> owned(ascii, &std::free);
    if (status != IDN2_OK) return std::nullopt;
    return std::string(ascii);
}

using CodePoints = std::vector<std::uint32_t>;

CodePoints code_points(const std::string& text) {
    std::size_t size = 0;
    const Allocated<std::uint32_t> points(
        ::u8_to_u32(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), nullptr,
                    &size),
        &std::free);
    if (!points) return {};
    return {points.get(), points.get() + size};
}

// Folded and composed as a name is compared.
CodePoints folded(const CodePoints& points) {
    std::size_t size = 0;
    const Allocated<std::uint32_t> result(
        ::u32_casefold(points.data(), points.size(), nullptr, UNINORM_NFKC, nullptr, &size),
        &std::free);
    if (!result) return {};
    return {result.get(), result.get() + size};
}

// A symbol that means itself: registries do not sell such names, but browsers resolve them.
bool is_symbol(std::uint32_t c) {
    const bool disallowed = c == 0xfffc || c == 0xfffd || (c >= 0x2ff0 && c <= 0x2fff);
    return !disallowed && ::uc_is_general_category(c, UC_CATEGORY_S);
}

// RFC 3492 §6.3
class Punycode {
public:
    static std::string encode(const CodePoints& points) {
        Punycode state;
        for (const auto c : points)
            if (c < 0x80) state.text_ += static_cast<char>(c);
        const auto basic = state.text_.size();
        if (basic > 0) state.text_ += '-';
        state.encode_rest(points, basic);
        return state.text_;
    }

private:
    static constexpr std::uint32_t base = 36, tmin = 1, tmax = 26, skew = 38, damp = 700;

    void encode_rest(const CodePoints& points, std::size_t basic) {
        std::uint64_t n = 0x80, delta = 0, bias = 72;
        for (std::size_t done = basic; done < points.size();) {
            std::uint64_t next = UINT32_MAX;
            for (const auto c : points)
                if (c >= n) next = std::min<std::uint64_t>(next, c);
            delta += (next - n) * (done + 1);
            n = next;
            for (const auto c : points) {
                if (c < n) ++delta;
                if (c != n) continue;
                append(delta, bias);
                bias = adapted(delta, done + 1, done == basic);
                delta = 0;
                ++done;
            }
            ++delta;
            ++n;
        }
    }

    void append(std::uint64_t q, std::uint64_t bias) {
        for (std::uint64_t k = base;; k += base) {
            const auto t = k <= bias ? tmin : std::min<std::uint64_t>(k - bias, tmax);
            if (q < t) break;
            text_ += digit(t + (q - t) % (base - t));
            q = (q - t) / (base - t);
        }
        text_ += digit(q);
    }

    static char digit(std::uint64_t value) {
        return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
    }

    static std::uint64_t adapted(std::uint64_t delta, std::uint64_t points, bool first) {
        delta = first ? delta / damp : delta / 2;
        delta += delta / points;
        std::uint64_t k = 0;
        for (; delta > (base - tmin) * tmax / 2; k += base) delta /= base - tmin;
        return k + (base - tmin + 1) * delta / (delta + skew);
    }

    std::string text_;
};

// A label that the library refuses although nothing but symbols is unusual about it.
std::optional<std::string> label_with_symbols(std::string_view label) {
    constexpr std::size_t longest_label = 63;
    const auto points = folded(code_points(std::string(label)));
    if (std::ranges::none_of(points, is_symbol)) return std::nullopt;
    std::u32string others;
    for (const auto c : points)
        if (!is_symbol(c)) others += static_cast<char32_t>(c);
    const bool plain = std::ranges::all_of(others, [](char32_t c) { return c < 0x80; });
    if (!plain) return std::nullopt;
    auto encoded = "xn--" + Punycode::encode(points);
    if (encoded.size() > longest_label) return std::nullopt;
    return encoded;
}

std::optional<std::string> label_by_label(const std::string& domain) {
    std::string whole;
    bool sound = true;
    for_each_label(domain, [&](std::string_view label) {
        auto ascii = is_ascii(label) ? ascii_lowered(label) : by_library(std::string(label));
        if (!ascii) ascii = label_with_symbols(label);
        sound = sound && ascii;
        if (ascii) whole.append(*ascii).append(".");
    });
    if (!sound) return std::nullopt;
    whole.pop_back();
    return whole;
}

}  // namespace

std::optional<std::string> domain_to_ascii(const std::string& domain) {
    if (domain.find('\0') != domain.npos) return std::nullopt;
    // As the standard now has it, also for `xn--` labels that encode nothing.
    if (is_ascii(domain)) return ascii_lowered(domain);
    auto ascii = by_library(domain);
    if (!ascii) ascii = label_by_label(domain);
    return ascii;
}

}  // namespace nettool::proto
