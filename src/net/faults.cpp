#include "nettool/net/faults.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nettool::net {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

microseconds varied(milliseconds delay, milliseconds jitter, double chance) {
    const auto spread = static_cast<double>(microseconds(jitter).count()) * (2 * chance - 1);
    const auto varied = microseconds(delay) + microseconds(static_cast<std::int64_t>(spread));
    return std::max(varied, microseconds(0));
}

std::string in_milliseconds(microseconds time) {
    return fmt::format("{:.1f} ms", static_cast<double>(time.count()) / 1000);
}

}  // namespace

std::string words_of(const Fate& fate) {
    std::string words;
    if (fate.flipped_bit)
        append_joined(words, ", ", fmt::format("bit {} flipped", *fate.flipped_bit));
    if (fate.lost) append_joined(words, ", ", "lost");
    if (!fate.lost && fate.held_back) append_joined(words, ", ", "held back behind the next one");
    if (!fate.lost && fate.delay.count() > 0)
        append_joined(words, ", ", "delayed by " + in_milliseconds(fate.delay));
    if (fate.copy) append_joined(words, ", ", "doubled");
    return words;
}

bool DatagramFaultOptions::any() const noexcept {
    return loss > 0 || duplicate > 0 || reorder > 0 || corrupt > 0 || delay > 0ms || jitter > 0ms;
}

Fate DatagramFaults::next(std::size_t size) {
    const bool lost = dice_.happens(options_.loss);
    const bool copied = dice_.happens(options_.duplicate);
    const bool held_back = dice_.happens(options_.reorder);
    const bool corrupt = dice_.happens(options_.corrupt);
    const auto bit = static_cast<std::size_t>(dice_.roll() * static_cast<double>(size) * 8);
    const auto delay = varied(options_.delay, options_.jitter, dice_.roll());
    const auto copy = varied(options_.delay, options_.jitter, dice_.roll());
    Fate fate;
    fate.lost = lost;
    fate.held_back = held_back;
    fate.delay = delay;
    if (copied) fate.copy = copy;
    if (corrupt && size > 0) fate.flipped_bit = bit;
    return fate;
}

bool StreamFaultOptions::any() const noexcept {
    return delay > 0ms || jitter > 0ms || bytes_per_second > 0 || one_byte || reset > 0;
}

StreamFaults::StreamFaults(const StreamFaultOptions& options, std::uint64_t connection)
    : options_(options), dice_(options.seed + connection) {}

StreamFaults::Write StreamFaults::next() {
    Write write;
    write.reset = dice_.happens(options_.reset);
    write.delay = varied(options_.delay, options_.jitter, dice_.roll());
    return write;
}

std::string StreamFaults::words_of(const Write& write) const {
    std::string words;
    if (write.delay.count() > 0)
        append_joined(words, ", ", "delayed by " + in_milliseconds(write.delay));
    if (options_.one_byte) append_joined(words, ", ", "a segment for each byte");
    if (options_.bytes_per_second > 0)
        append_joined(words, ", ", fmt::format("at {} bytes a second", options_.bytes_per_second));
    if (write.reset) append_joined(words, ", ", "ends half-way in a reset");
    return words;
}

std::size_t StreamFaults::portion(std::size_t left) const noexcept {
    constexpr std::uint64_t portions_a_second = 50;
    if (options_.one_byte) return std::min<std::size_t>(left, 1);
    if (options_.bytes_per_second == 0) return left;
    const auto most = std::max<std::uint64_t>(1, options_.bytes_per_second / portions_a_second);
    return static_cast<std::size_t>(std::min<std::uint64_t>(left, most));
}

microseconds StreamFaults::wait_after(std::size_t portion) const noexcept {
    const microseconds between_bytes = options_.one_byte ? 1ms : 0ms;
    if (options_.bytes_per_second == 0) return between_bytes;
    const auto seconds =
        static_cast<double>(portion) / static_cast<double>(options_.bytes_per_second);
    const microseconds paced(static_cast<std::int64_t>(seconds * 1e6));
    return std::max(between_bytes, paced);
}

}  // namespace nettool::net
