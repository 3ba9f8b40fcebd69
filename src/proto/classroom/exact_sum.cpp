#include "nettool/proto/classroom/exact_sum.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace nettool::proto {
namespace {

constexpr std::size_t limb_digits = 9;
constexpr std::int64_t limb_base = 1'000'000'000;  // leaves room for 9e9 additions in a limb

struct Number {
    int sign;
    std::string_view whole;
    std::string_view fraction;
};

bool are_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_ascii_digit);
}

std::optional<Number> parsed(std::string_view text) {
    Number number{text.starts_with('-') ? -1 : 1, {}, {}};
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const auto point = text.find('.');
    number.whole = text.substr(0, point);
    if (!are_digits(number.whole)) return std::nullopt;
    if (point == text.npos) return number;
    number.fraction = text.substr(point + 1);
    return are_digits(number.fraction) ? std::optional(number) : std::nullopt;
}

// Zeros that say nothing would take memory that the sum does not need.
std::string_view without_leading_zeros(std::string_view digits) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

std::string_view without_trailing_zeros(std::string_view digits) {
    return digits.substr(0, digits.find_last_not_of('0') + 1);
}

std::int64_t value_of(std::string_view digits) {
    std::int64_t value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

std::int64_t fraction_value(std::string_view digits) {
    auto value = value_of(digits);
    for (auto size = digits.size(); size < limb_digits; ++size) value *= 10;
    return value;
}

std::size_t limbs_for(std::string_view digits) {
    return (digits.size() + limb_digits - 1) / limb_digits;
}

// Carries upwards, so that every limb is 0 … limb_base - 1; returns what is left over.
std::int64_t carry(std::vector<std::int64_t>& limbs) {
    std::int64_t carried = 0;
    for (auto& limb : limbs) {
        const auto value = limb + carried;
        carried = value / limb_base - (value % limb_base < 0 ? 1 : 0);
        limb = value - carried * limb_base;
    }
    return carried;
}

void append_padded(std::string& text, std::int64_t limb) {
    const auto digits = std::to_string(limb);
    text.append(limb_digits - digits.size(), '0').append(digits);
}

// `digits` has the point before its last `places` digits.
std::string with_point(std::string_view digits, std::size_t places) {
    const auto whole = without_leading_zeros(digits.substr(0, digits.size() - places));
    const auto fraction = without_trailing_zeros(digits.substr(digits.size() - places));
    std::string text(whole.empty() ? "0" : whole);
    if (!fraction.empty()) (text += '.') += fraction;
    return text;
}

}  // namespace

bool is_number(std::string_view text) { return parsed(text).has_value(); }

bool ExactSum::add(std::string_view number) {
    const auto parts = parsed(number);
    if (!parts) return false;
    add_whole(without_leading_zeros(parts->whole), parts->sign);
    add_fraction(without_trailing_zeros(parts->fraction), parts->sign);
    return true;
}

void ExactSum::add_whole(std::string_view digits, int sign) {
    whole_.resize(std::max(whole_.size(), limbs_for(digits)));
    for (auto limb = whole_.begin(); !digits.empty(); ++limb) {
        const auto size = std::min(limb_digits, digits.size());
        *limb += sign * value_of(digits.substr(digits.size() - size));
        digits.remove_suffix(size);
    }
}

void ExactSum::add_fraction(std::string_view digits, int sign) {
    fraction_.resize(std::max(fraction_.size(), limbs_for(digits)));
    for (auto limb = fraction_.begin(); !digits.empty(); ++limb) {
        const auto group = digits.substr(0, limb_digits);
        *limb += sign * fraction_value(group);
        digits.remove_prefix(group.size());
    }
}

std::string ExactSum::text() const {
    Limbs limbs(fraction_.rbegin(), fraction_.rend());
    limbs.insert(limbs.end(), whole_.begin(), whole_.end());
    auto carried = limbs;
    auto left = carry(carried);
    const bool negative = left < 0;
    if (negative) {
        for (auto& limb : limbs) limb = -limb;
        carried = std::move(limbs);
        left = carry(carried);
    }
    auto digits = std::to_string(left);
    for (auto limb = carried.rbegin(); limb != carried.rend(); ++limb) append_padded(digits, *limb);
    return (negative ? "-" : "") + with_point(digits, fraction_.size() * limb_digits);
}

}  // namespace nettool::proto
