#include "checksum.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/message.hpp"
#include "nettool/proto/web/base64.hpp"

#include <algorithm>
#include <array>

namespace nettool::commands {
namespace {

struct Algorithm {
    std::string_view name;
    std::size_t hex_digits;
};
constexpr std::array algorithms = {Algorithm{"md5", 32},    Algorithm{"sha1", 40},
                                   Algorithm{"sha224", 56}, Algorithm{"sha256", 64},
                                   Algorithm{"sha384", 96}, Algorithm{"sha512", 128}};

// The member `sha-256=:…:`, as hex.
std::optional<std::string> sha256_of(std::string_view field) {
    constexpr std::string_view key = "sha-256=:";
    std::optional<std::string> found;
    http::for_each_member(field, [&](std::string_view member) {
        if (!member.starts_with(key) || !member.ends_with(':')) return;
        member.remove_prefix(key.size());
        member.remove_suffix(1);
        if (const auto bytes = proto::base64_decoded(member)) found = hex(*bytes);
    });
    return found;
}

}  // namespace

std::optional<Checksum> parse_checksum(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos) return std::nullopt;
    Checksum checksum{ascii_lowered(text.substr(0, colon)), ascii_lowered(text.substr(colon + 1))};
    std::erase(checksum.algorithm, '-');
    const auto* const known = std::ranges::find(algorithms, checksum.algorithm, &Algorithm::name);
    const bool is_hex = std::ranges::all_of(checksum.hex, [](char c) { return hex_value(c) >= 0; });
    if (known == algorithms.end() || checksum.hex.size() != known->hex_digits || !is_hex)
        return std::nullopt;
    return checksum;
}

void Verifier::begin(const std::optional<Checksum>& wanted, const http::Response& response) {
    expected_ = {};
    digest_.reset();
    if (wanted) {
        expected_ = *wanted;
    } else if (const auto field = response.head().fields.find("repr-digest")) {
        if (auto sha256 = sha256_of(*field)) expected_ = {"sha256", *std::move(sha256)};
    }
    if (!expected_.hex.empty()) digest_ = std::make_unique<Digest>(expected_.algorithm.c_str());
}

std::string Verifier::finish(std::string_view name) {
    if (!digest_) return {};
    const auto actual = digest_->finish();
    if (actual != expected_.hex)
        throw Failure(Fault::local, std::string(name) + " is not what it should be: its " +
                                        expected_.algorithm + " is " + actual + ", not " +
                                        expected_.hex);
    return expected_.algorithm;
}

}  // namespace nettool::commands
