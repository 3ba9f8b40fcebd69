#include "nettool/http/content_negotiation.hpp"

#include <algorithm>
#include <array>

namespace nettool::http {
namespace {

constexpr std::array<std::string_view, 3> offered = {"zstd", "br", "gzip"};
constexpr unsigned full = 1000;

// `0.5` in thousandths; what is no qvalue wants nothing.
unsigned thousandths(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text.front() != '0' && text.front() != '1')) return 0;
    unsigned value = text.front() == '1' ? full : 0;
    if (text.size() == 1) return value;
    if (text[1] != '.') return 0;
    unsigned weight = 100;
    for (const char digit : text.substr(2)) {
        if (digit < '0' || digit > '9') return 0;
        value += weight * static_cast<unsigned>(digit - '0');
        weight /= 10;
    }
    return value <= full ? value : 0;
}

unsigned weight_of(std::string_view member) {
    const auto semicolon = member.find(';');
    if (semicolon == member.npos) return full;
    const auto parameter = without_blanks(member.substr(semicolon + 1));
    if (parameter.size() < 2 || !equal_ignoring_case(parameter.substr(0, 2), "q=")) return full;
    return thousandths(parameter.substr(2));
}

}  // namespace

std::vector<std::string_view> acceptable_codings(std::string_view accept_encoding) {
    constexpr unsigned unnamed = full + 1;
    std::array<unsigned, offered.size()> weights;
    weights.fill(unnamed);
    unsigned others = 0, plain = unnamed;
    for_each_member(accept_encoding, [&](std::string_view member) {
        auto name = without_blanks(member.substr(0, member.find(';')));
        if (equal_ignoring_case(name, "x-gzip")) name = "gzip";
        const auto weight = weight_of(member);
        if (name == "*") others = weight;
        if (equal_ignoring_case(name, "identity")) plain = weight;
        for (std::size_t i = 0; i < offered.size(); ++i)
            if (equal_ignoring_case(name, offered[i])) weights[i] = weight;
    });
    std::vector<std::string_view> codings;
    if (plain == unnamed) plain = 0;
    const auto weight_at = [&](std::size_t i) {
        return weights[i] == unnamed ? others : weights[i];
    };
    for (std::size_t i = 0; i < offered.size(); ++i)
        if (weight_at(i) > 0 && weight_at(i) >= plain) codings.push_back(offered[i]);
    std::ranges::stable_sort(codings, std::ranges::greater(), [&](std::string_view coding) {
        return weight_at(
            static_cast<std::size_t>(std::ranges::find(offered, coding) - offered.begin()));
    });
    return codings;
}

bool accepts(const Fields& fields, std::string_view type) {
    bool found = false;
    for_each_member(fields.find("accept").value_or(""), [&](std::string_view member) {
        const auto name = without_blanks(member.substr(0, member.find(';')));
        found = found || equal_ignoring_case(name, type);
    });
    return found;
}

}  // namespace nettool::http
