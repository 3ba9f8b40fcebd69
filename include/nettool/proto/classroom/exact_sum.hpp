#pragma once
// Adds decimal numbers of any size without rounding.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

/// Whether `text` is `[+-]?digits[.digits]` and nothing else.
bool is_number(std::string_view text);

/// Time is linear in the digits added, memory in the digits of the sum.
class ExactSum {
public:
    /// Adds what is_number() accepts; anything else changes nothing and returns false.
    bool add(std::string_view number);

    /// Without trailing zeros, without a plus and without a negative zero.
    std::string text() const;

private:
    using Limbs = std::vector<std::int64_t>;  // nine digits each; carried only in text()

    void add_whole(std::string_view digits, int sign);
    void add_fraction(std::string_view digits, int sign);

    Limbs whole_;     // least significant first
    Limbs fraction_;  // most significant first
};

}  // namespace nettool::proto
