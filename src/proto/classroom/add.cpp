#include "nettool/proto/classroom/add.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/classroom/exact_sum.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace nettool::proto {
namespace {

bool is_dressing(char c) {
    return std::string_view(" \t\r\n,;:+()[]{}").find(c) != std::string_view::npos;
}

// From its sign or first digit to its last digit, taken off `rest`; empty if there is none.
std::string_view take_integer(std::string_view& rest) {
    const bool has_sign = rest.front() == '-' || rest.front() == '+';
    std::size_t size = has_sign ? 1 : 0;
    while (size < rest.size() && is_ascii_digit(rest[size])) ++size;
    if (size == (has_sign ? 1U : 0U)) return {};
    const auto integer = rest.substr(0, size);
    rest.remove_prefix(size);
    return integer;
}

// Up to the quote that closes it; names of members have no say.
bool take_string(std::string_view& rest) {
    const auto end = rest.find(rest.front(), 1);
    if (end == rest.npos) return false;
    rest.remove_prefix(end + 1);
    return true;
}

// Nothing where there is more than integers and their dressing.
std::optional<std::vector<std::string_view>> integers_of(std::string_view text) {
    std::vector<std::string_view> integers;
    while (!text.empty()) {
        if (text.front() == '"' || text.front() == '\'') {
            if (!take_string(text)) return std::nullopt;
            continue;
        }
        if (const auto integer = take_integer(text); !integer.empty()) {
            integers.push_back(integer);
            continue;
        }
        if (!is_dressing(text.front())) return std::nullopt;
        text.remove_prefix(1);
    }
    return integers;
}

}  // namespace

std::string add_answer(std::string_view message) {
    const auto integers = integers_of(message);
    if (!integers || integers->size() != 2) return "ERROR: expected two numbers";
    ExactSum sum;
    for (const auto integer : *integers) sum.add(integer);
    return sum.text();
}

bool lacks_second_number(std::string_view message) {
    const auto integers = integers_of(message);
    return integers && integers->size() == 1;
}

}  // namespace nettool::proto
