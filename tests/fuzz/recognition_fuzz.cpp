// Any bytes, said by either side in any order, are recognised or not, in bounded memory.

#include "nettool/base/text.hpp"
#include "nettool/proto/wire/recognition.hpp"

#include <cstdlib>

// The input: transport, port, and then parts of a way with a gap or not, a length, and bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::proto;
    std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto take = [&input]() -> unsigned {
        if (input.empty()) return 0;
        const auto byte = static_cast<unsigned char>(input.front());
        input.remove_prefix(1);
        return byte;
    };
    const bool is_tcp = take() % 2 == 0;
    const auto port = static_cast<std::uint16_t>(take() << 8 | take());
    Recognition recognition(is_tcp, port);
    std::chrono::nanoseconds time{0};
    while (!input.empty()) {
        const auto flags = take();
        const auto part = input.substr(0, take() << 8 | take());
        input.remove_prefix(part.size());
        const auto way = flags & 1 ? Way::to_client : Way::to_server;
        time += std::chrono::microseconds(1);
        const auto said = recognition.read({way, part, (flags & 2) != 0, time});
        if (nettool::escaped(said) != said) std::abort();
    }
    if (recognition.memory() > (1U << 20)) std::abort();
    (void)recognition.summary();
    return 0;
}
