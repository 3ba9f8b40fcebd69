#include "nettool/http/credentials.hpp"

#include "nettool/base/digest.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/message.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/proto/web/base64.hpp"

#include <algorithm>

#include <crypt.h>

namespace nettool::http {
namespace {

constexpr std::size_t max_file_bytes = 1024UL * 1024;

std::string digest_of(std::string_view password) {
    Digest sha256("sha256");
    sha256.update(password);
    return sha256.finish_raw();
}

// In a time that does not depend on where they differ.
bool equal_secretly(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
    return difference == 0;
}

// Empty for a hash that crypt(3) does not know.
std::string crypted(const std::string& password, const std::string& hash) {
    const auto data = std::make_unique<crypt_data>();
    const char* result =
        ::crypt_rn(password.c_str(), hash.c_str(), data.get(), static_cast<int>(sizeof *data));
    return result && *result != '*' ? result : "";
}

std::optional<std::pair<std::string, std::string>> split(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos || colon == 0 || has_control_bytes(text)) return std::nullopt;
    return std::pair(std::string(text.substr(0, colon)), std::string(text.substr(colon + 1)));
}

std::optional<std::pair<std::string, std::string>> read_authorization(std::string_view value) {
    const auto space = value.find(' ');
    if (space == value.npos || !equal_ignoring_case(value.substr(0, space), "basic"))
        return std::nullopt;
    const auto text = proto::base64_decoded(without_blanks(value.substr(space + 1)));
    return text ? split(*text) : std::nullopt;
}

}  // namespace

bool Credentials::add(std::string_view user_and_password) {
    const auto pair = split(user_and_password);
    if (!pair) return false;
    users_[pair->first] = {digest_of(pair->second), {}};
    return true;
}

void Credentials::add_file(const std::string& path) {
    const auto text = read_whole_file(path, max_file_bytes);
    std::string_view rest = text;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto end = std::min(rest.find('\n'), rest.size());
        auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(rest.size(), end + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        const auto where = path + ", line " + std::to_string(number);
        const auto pair = split(line);
        if (!pair) throw Failure(Fault::local, where + ": not USER:PASSWORD");
        if (!pair->second.starts_with('$')) {
            users_[pair->first] = {digest_of(pair->second), {}};
            continue;
        }
        if (crypted("", pair->second).empty())
            throw Failure(Fault::local, where + ": crypt(3) does not know this kind of hash: " +
                                            quoted(pair->second, 6));
        users_[pair->first] = {{}, pair->second};
    }
    if (users_.empty()) throw Failure(Fault::local, path + " has no user");
}

awaitable<std::optional<std::string>> Credentials::admit(
    std::optional<std::string_view> authorization) const {
    auto pair = authorization ? read_authorization(*authorization) : std::nullopt;
    if (!pair) co_return std::nullopt;
    const bool known = co_await check(pair->first, pair->second);
    if (!known) co_return std::nullopt;
    co_return std::move(pair->first);
}

awaitable<bool> Credentials::check(const std::string& user, const std::string& password) const {
    const auto found = users_.find(user);
    // Somebody else's password is checked for who is not there.
    const bool exists = found != users_.end();
    const auto& known = exists ? found->second : users_.begin()->second;
    const auto digest = digest_of(password);
    if (known.hash.empty()) co_return equal_secretly(digest, known.digest) && exists;
    {
        const std::lock_guard lock(mutex_);
        const auto learned = learned_.find(user);
        if (learned != learned_.end() && equal_secretly(digest, learned->second)) co_return true;
    }
    auto job = [password, hash = known.hash] {
        return equal_secretly(crypted(password, hash), hash);
    };
    const bool same = co_await net::offload(std::move(job));
    if (!same || !exists) co_return false;
    const std::lock_guard lock(mutex_);
    learned_[user] = digest;
    co_return true;
}

}  // namespace nettool::http
