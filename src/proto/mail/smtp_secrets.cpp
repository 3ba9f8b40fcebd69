#include "nettool/proto/mail/smtp_secrets.hpp"

#include "nettool/base/ascii.hpp"

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::string_view verb = "auth ";
constexpr std::size_t longest_prefix = 512;  // up to the name of the mechanism
constexpr std::string_view challenge = "334";

// `AUTH PLAIN `, blanks as forgiven: what follows is a secret.
bool ends_before_secret(std::string_view line) {
    line = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!equal_ignoring_case(line.substr(0, verb.size()), verb)) return false;
    line.remove_prefix(verb.size());
    const auto name = line.find_first_not_of(" \t");
    return name != line.npos && line.find_first_of(" \t", name) != line.npos;
}

bool begins_auth(std::string_view line) {
    return equal_ignoring_case(without_blanks(line).substr(0, verb.size() - 1), "auth");
}

}  // namespace

// Whether this byte of the client's is one that must not be shown.
bool SmtpSecrets::is_secret(char c) {
    if (c == '\n') {
        in_auth_ = challenged_ || begins_auth(line_);
        challenged_ = false;
        line_.clear();
        return false;
    }
    if (c == '\r') return false;
    if (challenged_) return true;
    // A command so long could hide anything.
    const bool hides = line_.size() >= longest_prefix || ends_before_secret(line_);
    const bool blank = c == ' ' || c == '\t';
    if (!hides) line_ += c;
    return hides && !blank;
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
        challenged_ = in_auth_ && reply_ == challenge;
        reply_.clear();
    }
    return std::string(bytes);
}

}  // namespace nettool::proto
