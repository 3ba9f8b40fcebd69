#include "users.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/random_hex.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/options.hpp"
#include "nettool/proto/mail/mail_lines.hpp"

#include <chrono>
#include <map>
#include <memory>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using Passwords = std::map<std::string, std::string, std::less<>>;

constexpr std::uint64_t longest_file = 1024UL * 1024;

bool add(Passwords& passwords, std::string_view line) {
    const auto colon = line.find(':');
    if (colon == line.npos || colon == 0) return false;
    passwords.insert_or_assign(std::string(line.substr(0, colon)),
                               std::string(line.substr(colon + 1)));
    return true;
}

void add_file(Passwords& passwords, const std::string& file) {
    const auto text = read_whole_file(file, longest_file);
    std::size_t number = 0;
    for (std::string_view left(text); !left.empty();) {
        const auto line = proto::take_line(left);
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        if (!add(passwords, line))
            throw Failure(Fault::local,
                          fmt::format("{}: line {} is not USER:PASSWORD", escaped(file), number));
    }
}

}  // namespace

proto::SaslUsers sasl_users(const std::vector<std::string>& users, const std::string& file) {
    proto::SaslUsers known;
    known.anybody = users.empty() && file.empty();
    auto passwords = std::make_shared<Passwords>();
    for (const auto& user : users)
        if (!add(*passwords, user)) throw cli::UsageError("--user: not USER:PASSWORD");
    if (!file.empty()) add_file(*passwords, file);
    known.password_of = [passwords](std::string_view user) -> std::optional<std::string> {
        const auto found = passwords->find(user);
        if (found == passwords->end()) return std::nullopt;
        return found->second;
    };
    return known;
}

std::string new_nonce(const std::string& host) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return fmt::format("<{}.{}@{}>", random_hex(2),
                       std::chrono::duration_cast<std::chrono::seconds>(now).count(), host);
}

}  // namespace nettool::commands
