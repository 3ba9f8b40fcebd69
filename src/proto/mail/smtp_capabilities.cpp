#include "nettool/proto/mail/smtp_capabilities.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/smtp_command.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace nettool::proto {
namespace {

// The next word, which is taken off the front.
std::string_view take_word(std::string_view& text) {
    text = without_blanks(text);
    const auto word = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(word.size());
    return word;
}

void add_mechanisms(std::string_view names, SmtpCapabilities& capabilities) {
    constexpr std::size_t most = 64;
    auto& known = capabilities.mechanisms;
    for (auto name = take_word(names); !name.empty(); name = take_word(names)) {
        auto raised = keyword_of(name);
        if (known.size() < most && std::ranges::find(known, raised) == known.end())
            known.push_back(std::move(raised));
    }
}

void add_keyword(std::string_view line, SmtpCapabilities& capabilities) {
    auto arguments = line;
    const auto keyword = keyword_of(take_word(arguments));
    constexpr std::string_view old_auth = "AUTH=";
    if (keyword == "PIPELINING") capabilities.pipelining = true;
    if (keyword == "8BITMIME") capabilities.eight_bit = true;
    if (keyword == "SMTPUTF8") capabilities.utf8 = true;
    if (keyword == "STARTTLS") capabilities.start_tls = true;
    if (keyword == "SIZE") {
        capabilities.size = true;
        const auto number = take_word(arguments);
        (void)std::from_chars(number.data(), number.data() + number.size(), capabilities.max_size);
    }
    if (keyword == "AUTH") add_mechanisms(arguments, capabilities);
    // As servers wrote it before there was a standard.
    if (keyword.starts_with(old_auth)) {
        add_mechanisms(std::string_view(keyword).substr(old_auth.size()), capabilities);
        add_mechanisms(arguments, capabilities);
    }
}

}  // namespace

SmtpCapabilities parse_capabilities(const SmtpReply& reply) {
    SmtpCapabilities capabilities;
    // The first line is the server's name.
    for (std::size_t i = 1; i < reply.lines.size(); ++i) add_keyword(reply.lines[i], capabilities);
    return capabilities;
}

}  // namespace nettool::proto
