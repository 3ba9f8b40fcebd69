// Command lines and lab lines: a target is set or a UsageError is thrown, nothing else.

#include "nettool/base/text.hpp"
#include "nettool/cli/options.hpp"
#include "nettool/cli/words.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::cli;
    std::uint16_t port = 0;
    std::chrono::milliseconds idle{0};
    Size limit;
    std::vector<std::string> operands;
    bool json = false;
    OptionSet options;
    options.value("port,p", port, "N", "")
        .value("idle", idle, "TIME", "")
        .value("limit", limit, "SIZE", "")
        .flag("json,j", json, "")
        .operands("X", operands, "");
    try {
        options.parse(split_words({reinterpret_cast<const char*>(data), size}));
    } catch (const UsageError& error) {
        // What is wrong is said in a line that is fit for a terminal.
        if (nettool::escaped(error.what()) != error.what()) __builtin_trap();
    }
    return 0;
}
