#pragma once
// Words that nobody guesses and that come twice nowhere.

#include <cstddef>
#include <string>

namespace nettool {

/// Eight hexadecimal digits for each of `groups`, from the system's source of chance.
std::string random_hex(std::size_t groups);

}  // namespace nettool
