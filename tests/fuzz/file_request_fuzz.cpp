// Any first bytes are one of the dialects, for good; no name leads out of the directory.

#include "nettool/proto/classroom/file_request.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::proto;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto last = FileDialect::open;
    for (std::size_t n = 0; n <= size; ++n) {
        const auto now = judge_file_request(text.substr(0, n));
        const bool decided = last == FileDialect::http || last == FileDialect::name;
        if (decided && now != last) std::abort();
        last = now;
    }
    if (const auto names = split_file_name(text))
        for (const auto& name : *names)
            if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos)
                std::abort();
    return 0;
}
