// One message to the adder.
#include "nettool/proto/classroom/add.hpp"
#include "nettool/proto/classroom/exact_sum.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view message(reinterpret_cast<const char*>(data), size);
    const auto answer = nettool::proto::add_answer(message);
    const bool refused = answer == "ERROR: expected two numbers";
    if (!refused && !nettool::proto::is_number(answer)) __builtin_trap();
    if (!refused && nettool::proto::lacks_second_number(message)) __builtin_trap();
    return 0;
}
