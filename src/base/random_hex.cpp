#include "nettool/base/random_hex.hpp"

#include <random>

#include <fmt/format.h>

namespace nettool {

std::string random_hex(std::size_t groups) {
    std::random_device device;
    std::string word;
    for (; groups > 0; --groups) word += fmt::format("{:08x}", device());
    return word;
}

}  // namespace nettool
