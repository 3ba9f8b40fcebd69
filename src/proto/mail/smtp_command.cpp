#include "nettool/proto/mail/smtp_command.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace nettool::proto {
namespace {

constexpr std::array<std::string_view, 14> verbs = {"HELO", "EHLO", "MAIL",     "RCPT", "DATA",
                                                    "BDAT", "RSET", "NOOP",     "VRFY", "EXPN",
                                                    "HELP", "QUIT", "STARTTLS", "AUTH"};

bool is_keyword(std::string_view text) {
    return !text.empty() && text.front() != '-' && std::ranges::all_of(text, [](char c) {
        return is_ascii_letter(c) || is_ascii_digit(c) || c == '-';
    });
}

// esmtp-value: visible, without `=`; RFC 6531 §3.3 lets UTF-8 in.
bool is_value(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7f && c != '=';
    });
}

bool take_parameters(std::string_view text, EnvelopeArgument& argument) {
    while (!text.empty()) {
        if (!text.starts_with(' ')) return false;
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text.empty()) return true;
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        const auto equals = word.find('=');
        auto keyword = keyword_of(word.substr(0, equals));
        const auto value = equals == word.npos ? std::string_view() : word.substr(equals + 1);
        if (!is_keyword(keyword) || (equals != word.npos && !is_value(value))) return false;
        if (argument.find(keyword)) return false;
        argument.parameters.emplace_back(std::move(keyword), value);
    }
    return true;
}

}  // namespace

std::string keyword_of(std::string_view word) {
    std::string keyword(word);
    for (auto& c : keyword)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return keyword;
}

SmtpCommand parse_smtp_command(std::string_view line) noexcept {
    const auto text = without_blanks(line);
    const auto word = text.substr(0, text.find_first_of(" \t"));
    SmtpCommand command;
    command.argument = without_blanks(text.substr(word.size()));
    for (std::size_t i = 0; i < verbs.size(); ++i)
        if (equal_ignoring_case(word, verbs[i])) command.verb = static_cast<SmtpVerb>(i);
    return command;
}

std::string_view to_string(SmtpVerb verb) noexcept {
    const auto index = static_cast<std::size_t>(verb);
    return index < verbs.size() ? verbs[index] : std::string_view();
}

std::optional<std::string_view> EnvelopeArgument::find(std::string_view keyword) const noexcept {
    for (const auto& [name, value] : parameters)
        if (name == keyword) return value;
    return std::nullopt;
}

std::optional<EnvelopeArgument> parse_envelope(std::string_view argument, std::string_view word) {
    if (!equal_ignoring_case(argument.substr(0, word.size()), word)) return std::nullopt;
    argument.remove_prefix(word.size());
    if (!argument.starts_with(':')) return std::nullopt;
    argument.remove_prefix(1);
    argument.remove_prefix(std::min(argument.find_first_not_of(" \t"), argument.size()));
    auto path = take_mail_path(argument);
    if (!path) return std::nullopt;
    EnvelopeArgument envelope{*std::move(path), {}};
    if (!take_parameters(argument, envelope)) return std::nullopt;
    return envelope;
}

std::optional<std::string> xtext_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '+') {
            decoded += text[i];
            continue;
        }
        const auto digits = text.substr(i + 1, 2);
        if (digits.size() < 2 || hex_value(digits[0]) < 0 || hex_value(digits[1]) < 0)
            return std::nullopt;
        decoded += static_cast<char>(hex_value(digits[0]) * 16 + hex_value(digits[1]));
        i += 2;
    }
    return decoded;
}

}  // namespace nettool::proto
