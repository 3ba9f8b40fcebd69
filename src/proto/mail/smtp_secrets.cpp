#include "nettool/proto/mail/smtp_secrets.hpp"

#include "nettool/base/ascii.hpp"

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::string_view verb = "auth";
constexpr std::size_t longest_prefix = 512;  // up to the name of the mechanism
constexpr std::string_view blanks = " \t";
constexpr std::string_view challenge = "334";

// `AUTH` and what cannot be another word's.
bool begins_auth(std::string_view line) {
    line = without_blanks(line);
    return equal_ignoring_case(line.substr(0, verb.size()), verb) &&
           (line.size() == verb.size() || blanks.find(line[verb.size()]) != blanks.npos);
}

// `AUTH PLAIN `, blanks as forgiven: what follows is a secret.
bool ends_before_secret(std::string_view line) {
    if (!begins_auth(line)) return false;
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()) + verb.size());
    const auto name = line.find_first_not_of(blanks);
    return name != line.npos && line.find_first_of(blanks, name) != line.npos;
}

}  // namespace

// Whether this byte of the client's is one that must not be shown.  Who does not wait for an answer
// to AUTH may have said the secret already: until there is one that ends it, every line is secret.
bool SmtpSecrets::is_secret(char c) {
    if (c == '\n') {
        in_auth_ = in_auth_ || begins_auth(line_);
        line_.clear();
        return false;
    }
    if (c == '\r') return false;
    if (in_auth_) return true;
    // An AUTH so long could hide anything.
    const bool hides =
        (line_.size() >= longest_prefix && begins_auth(line_)) || ends_before_secret(line_);
    if (!hides && line_.size() < longest_prefix) line_ += c;
    return hides && blanks.find(c) == blanks.npos;
}

std::string SmtpSecrets::client(std::string_view bytes) {
    std::string shown;
    std::uint64_t secret = 0;
    const auto tell = [&] {
        if (secret > 0) shown += fmt::format("<redacted {} bytes>", secret);
        secret = 0;
    };
    for (const char c : bytes) {
        if (is_secret(c)) {
            ++secret;
            continue;
        }
        tell();
        shown += c;
    }
    tell();
    return shown;
}

std::string SmtpSecrets::server(std::string_view bytes) {
    for (const char c : bytes) {
        if (c != '\n') {
            if (reply_.size() < challenge.size()) reply_ += c;
            continue;
        }
        if (reply_ != challenge) in_auth_ = false;
        reply_.clear();
    }
    return std::string(bytes);
}

}  // namespace nettool::proto
