// Recognises the UDP ping of the exercise, its lost probes and the time of each answer.

#include "dialects.hpp"
#include "nettool/base/ascii.hpp"

#include <charconv>
#include <map>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

// The number of `Ping 7 1700000000.5` or its answer, in any case.
std::optional<std::uint64_t> number_of(std::string_view text) {
    const auto word = ascii_lowered(text.substr(0, 5));
    if (word != "ping " && word != "pong ") return std::nullopt;
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, ec] = std::from_chars(text.data() + 5, end, number);
    if (ec != std::errc() || rest == end || *rest != ' ') return std::nullopt;
    return number;
}

class Ping final : public Dialect {
public:
    std::string_view name() const override { return "UDP ping"; }
    std::size_t memory() const override { return 80 * waiting_.size(); }

    void read(const Heard& heard, Said& said) override {
        const auto number = number_of(heard.bytes);
        if (!number) return said.add("no probe of ping");
        if (heard.way == Way::to_server) return probe(*number, heard, said);
        const auto found = waiting_.find(*number);
        if (found == waiting_.end())
            return said.add(fmt::format("answer {} that nobody waits for", *number));
        const auto time = heard.time - found->second;
        waiting_.erase(found);
        ++answered_;
        said.add(fmt::format("answer {} after {:.3f} ms", *number,
                             static_cast<double>(time.count()) / 1e6));
    }

    std::string summary() const override {
        constexpr std::size_t most_shown = 10;
        auto text = fmt::format("{} probes, {} answered", probes_, answered_);
        std::size_t shown = 0;
        for (const auto& [number, time] : waiting_) {
            if (shown++ == most_shown) return text + " …";
            text += fmt::format("{}{}", shown == 1 ? ", lost: " : " ", number);
        }
        return text;
    }

private:
    void probe(std::uint64_t number, const Heard& heard, Said& said) {
        constexpr std::size_t most_waiting = 10'000;
        if (waiting_.size() >= most_waiting) waiting_.erase(waiting_.begin());
        waiting_[number] = heard.time;
        ++probes_;
        said.add(fmt::format("probe {}", number));
    }

    std::map<std::uint64_t, std::chrono::nanoseconds> waiting_;  // when each was sent
    std::uint64_t probes_ = 0, answered_ = 0;
};

}  // namespace

std::unique_ptr<Dialect> recognise_ping(const Opening& opening) {
    const auto& first = opening.request.empty() ? opening.answer : opening.request;
    if (opening.is_tcp || !number_of(first)) return nullptr;
    return std::make_unique<Ping>();
}

}  // namespace nettool::proto
