#pragma once
// What the adder understands of a message: exactly two integers, however they are dressed.

#include <string>
#include <string_view>

namespace nettool::proto {

/// The sum of `3 7`, `3,7`, `3+7`, `(3, -7)`, `[3, 7]` or `{"a":3,"b":7}`, of any size; else the
/// text of an error, which no int() takes for a number.
std::string add_answer(std::string_view message);

/// Whether it is one integer so far, so that the other may be on its way.
bool lacks_second_number(std::string_view message);

}  // namespace nettool::proto
