#include "nettool/cli/faults.hpp"

#include "nettool/base/units.hpp"

#include <random>

#include <fmt/format.h>

namespace nettool::cli {

using std::chrono::milliseconds;

bool parse_value(std::string_view text, Share& share) { return parse_share(text, share.part); }

std::string to_string(const Share& share) { return fmt::format("{:g}%", share.part * 100); }

bool parse_value(std::string_view text, Loss& loss) {
    constexpr double kurose = 4.0 / 11;  // random.randint(0, 10) < 4
    Share share;
    const bool is_kurose = text == "kurose";
    if (!is_kurose && !parse_value(text, share)) return false;
    loss.part = is_kurose ? kurose : share.part;
    loss.is_kurose = is_kurose;
    return true;
}

std::string to_string(const Loss& loss) {
    return loss.is_kurose ? "kurose" : to_string(Share{loss.part});
}

void Faults::declare(OptionSet& options, Transport transport) {
    const bool streams = transport != Transport::datagram;
    const bool datagrams = transport != Transport::stream;
    options.group("Imperfect network");
    if (datagrams)
        options.value("loss", loss_, "P", "lose this share, 30%, of what comes; kurose: 4 of 11");
    options.value("delay", delay_, "TIME", "be so late with every answer")
        .value("jitter", jitter_, "TIME", "and up to so much earlier or later");
    if (datagrams)
        options.value("duplicate", duplicate_, "P", "let this share come twice")
            .value("reorder", reorder_, "P", "let the next one overtake this share")
            .value("corrupt", corrupt_, "P", "flip a bit in this share");
    if (streams)
        options.value("rate", rate_, "BYTES", "send no more than this in a second: 10K")
            .flag("one-byte", one_byte_, "send every byte alone, a millisecond apart")
            .value("reset", reset_, "P",
                   "reset the connection in the midst of this share of sends");
    options.value("seed", seed_, "N", "the same faults each time");
}

std::uint64_t Faults::seed() const { return seed_ ? *seed_ : std::random_device()(); }

net::DatagramFaultOptions Faults::of_datagrams() const {
    if (rate_ || one_byte_ || reset_)
        throw UsageError("--rate, --one-byte and --reset do not go with datagrams");
    net::DatagramFaultOptions faults;
    faults.loss = loss_.value_or(Loss{}).part;
    faults.duplicate = duplicate_.value_or(Share{}).part;
    faults.reorder = reorder_.value_or(Share{}).part;
    faults.corrupt = corrupt_.value_or(Share{}).part;
    faults.delay = delay_.value_or(milliseconds(0));
    faults.jitter = jitter_.value_or(milliseconds(0));
    faults.seed = seed();
    return faults;
}

net::StreamFaultOptions Faults::of_streams() const {
    if (loss_ || duplicate_ || reorder_ || corrupt_)
        throw UsageError("--loss, --duplicate, --reorder and --corrupt do not go with streams");
    net::StreamFaultOptions faults;
    faults.delay = delay_.value_or(milliseconds(0));
    faults.jitter = jitter_.value_or(milliseconds(0));
    faults.bytes_per_second = rate_.value_or(Size{}).bytes;
    faults.one_byte = one_byte_;
    faults.reset = reset_.value_or(Share{}).part;
    faults.seed = seed();
    return faults;
}

}  // namespace nettool::cli
