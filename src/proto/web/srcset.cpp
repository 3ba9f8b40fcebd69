#include "nettool/proto/web/srcset.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace nettool::proto {
namespace {

constexpr std::string_view blanks = " \t\n\f\r";

bool is_blank(char c) { return blanks.find(c) != blanks.npos; }

// A "valid non-negative integer" other than zero: digits only.
std::optional<unsigned> positive_number(std::string_view text) {
    unsigned value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || stop != end || value == 0) return std::nullopt;
    return value;
}

// A "valid floating-point number" (§2.3.4.3) that is not negative: no `+`, no `1.`, no `inf`.
std::optional<double> density_of(std::string_view text) {
    const auto unsigned_text = text.starts_with('-') ? text.substr(1) : text;
    const auto point = unsigned_text.find('.');
    const bool digits_behind = point == text.npos || (point + 1 < unsigned_text.size() &&
                                                      is_ascii_digit(unsigned_text[point + 1]));
    const bool known =
        text.find_first_not_of("0123456789.eE+-") == text.npos && !text.starts_with('+');
    if (text.empty() || !digits_behind || !known) return std::nullopt;
    double value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || stop != end || value < 0) return std::nullopt;
    return value;
}

class Parser {
public:
    explicit Parser(std::string_view text) : left_(text) {}

    std::vector<SrcsetCandidate> candidates;

    void run() {
        for (;;) {
            skip([](char c) { return is_blank(c) || c == ','; });
            if (left_.empty()) return;
            SrcsetCandidate candidate;
            candidate.url = take_while([](char c) { return !is_blank(c); });
            descriptors_.clear();
            if (candidate.url.ends_with(','))
                candidate.url.remove_suffix(candidate.url.size() -
                                            (candidate.url.find_last_not_of(',') + 1));
            else
                read_descriptors();
            if (understand(candidate)) candidates.push_back(candidate);
        }
    }

private:
    template <class Is>
    std::string_view take_while(Is is) {
        const auto end = std::ranges::find_if_not(left_, is) - left_.begin();
        const auto taken = left_.substr(0, static_cast<std::size_t>(end));
        left_.remove_prefix(taken.size());
        return taken;
    }

    template <class Is>
    void skip(Is is) {
        (void)take_while(is);
    }

    // Words up to a comma that is in no parentheses.
    void read_descriptors() {
        skip(is_blank);
        bool in_parentheses = false;
        std::size_t begin = 0, at = 0;
        const auto end_word = [&] {
            if (at > begin) descriptors_.push_back(left_.substr(begin, at - begin));
            begin = at + 1;
        };
        for (; at < left_.size(); ++at) {
            const char c = left_[at];
            if (c == '(') in_parentheses = true;
            if (c == ')') in_parentheses = false;
            if (in_parentheses) continue;
            if (is_blank(c) || c == ',') end_word();
            if (c == ',') break;
        }
        if (at == left_.size()) end_word();
        left_.remove_prefix(std::min(at + 1, left_.size()));
    }

    bool understand(SrcsetCandidate& candidate) const {
        bool has_height = false;
        for (const auto word : descriptors_) {
            const auto number = word.substr(0, word.size() - 1);
            if (word.ends_with('w')) {
                if (candidate.width || candidate.density) return false;
                candidate.width = positive_number(number);
                if (!candidate.width) return false;
            } else if (word.ends_with('x')) {
                if (candidate.width || candidate.density || has_height) return false;
                candidate.density = density_of(number);
                if (!candidate.density) return false;
            } else if (word.ends_with('h')) {
                if (has_height || candidate.density || !positive_number(number)) return false;
                has_height = true;
            } else {
                return false;
            }
        }
        if (has_height && !candidate.width) return false;
        if (!candidate.width && !candidate.density) candidate.density = 1;
        return true;
    }

    std::string_view left_;
    std::vector<std::string_view> descriptors_;
};

}  // namespace

std::vector<SrcsetCandidate> parse_srcset(std::string_view text) {
    Parser parser(text);
    parser.run();
    return std::move(parser.candidates);
}

const SrcsetCandidate& best_candidate(const std::vector<SrcsetCandidate>& candidates) {
    return *std::ranges::max_element(candidates, {}, [](const SrcsetCandidate& candidate) {
        return std::pair(candidate.width.value_or(0), candidate.density.value_or(0));
    });
}

}  // namespace nettool::proto
