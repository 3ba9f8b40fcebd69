#include "nettool/proto/mail/scram_client.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/digest.hpp"
#include "nettool/proto/web/base64.hpp"

#include <charconv>
#include <cstdint>

namespace nettool::proto {
namespace {

constexpr std::uint32_t fewest_rounds = 4096, most_rounds = 1'000'000;

// What separates attributes is escaped (RFC 5802 §5.1).
std::string escaped_name(std::string_view user) {
    std::string name;
    for (const char c : user) {
        if (c == '=')
            name += "=3D";
        else if (c == ',')
            name += "=2C";
        else
            name += c;
    }
    return name;
}

// Takes `x=…` off the front, up to a comma or the end.
std::optional<std::string_view> take_attribute(std::string_view& text, char name) {
    if (text.size() < 2 || text[0] != name || text[1] != '=') return std::nullopt;
    const auto size = std::min(text.find(','), text.size());
    const auto value = text.substr(2, size - 2);
    text.remove_prefix(std::min(size + 1, text.size()));
    return value;
}

std::optional<std::uint32_t> rounds_of(std::string_view text) {
    std::uint32_t rounds = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), rounds);
    const bool whole = status == std::errc() && end == text.data() + text.size();
    if (!whole || rounds < fewest_rounds || rounds > most_rounds) return std::nullopt;
    return rounds;
}

std::string xored(std::string a, std::string_view b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

}  // namespace

ScramClient::ScramClient(std::string_view user, std::string password, std::string nonce)
    : password_(std::move(password)),
      nonce_(std::move(nonce)),
      bare_("n=" + escaped_name(user) + ",r=" + nonce_) {}

std::optional<std::string> ScramClient::answer(std::string_view server_first) {
    if (!expected_.empty()) return std::nullopt;
    auto left = server_first;
    const auto nonce = take_attribute(left, 'r');
    const auto salt_text = nonce ? take_attribute(left, 's') : std::nullopt;
    const auto rounds_text = salt_text ? take_attribute(left, 'i') : std::nullopt;
    // One that is not longer than ours would let anybody replay an exchange (§5.1).
    if (!rounds_text || !nonce->starts_with(nonce_) || nonce->size() <= nonce_.size())
        return std::nullopt;
    const auto salt = base64_decoded(*salt_text);
    const auto rounds = rounds_of(*rounds_text);
    if (!salt || salt->empty() || !rounds) return std::nullopt;

    const auto last = "c=" + base64(header()) + ",r=" + std::string(*nonce);
    const auto all = bare_ + "," + std::string(server_first) + "," + last;
    const auto salted = pbkdf2_sha256(password_, *salt, *rounds);
    const auto client_key = hmac("sha256", salted, "Client Key");
    Digest digest("sha256");
    digest.update(client_key);
    const auto proof = xored(client_key, hmac("sha256", digest.finish_raw(), all));
    expected_ = hmac("sha256", hmac("sha256", salted, "Server Key"), all);
    return last + ",p=" + base64(proof);
}

bool ScramClient::believe(std::string_view server_final) {
    const auto signature = take_attribute(server_final, 'v');
    believed_ = signature && !expected_.empty() && base64_decoded(*signature) == expected_;
    return believed_;
}

}  // namespace nettool::proto
