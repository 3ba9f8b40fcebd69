#include "nettool/proto/mail/transcript.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/mail/smtp_command.hpp"
#include "nettool/proto/mail/smtp_reply.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::size_t most_bytes = 256UL * 1024;

std::size_t size_of(const TranscriptLine& line) { return sizeof line + line.text.size(); }

struct Meaning {
    std::string_view text;
    std::string_view source;
};

Meaning meaning_of(SmtpVerb verb) {
    switch (verb) {
        case SmtpVerb::helo: return {"says its name, in the old way", "RFC 5321 §4.1.1.1"};
        case SmtpVerb::ehlo:
            return {"says its name and asks what the server can", "RFC 5321 §4.1.1.1"};
        case SmtpVerb::mail:
            return {"begins a message: who is told when it fails", "RFC 5321 §4.1.1.2"};
        case SmtpVerb::rcpt: return {"names one who is to get it", "RFC 5321 §4.1.1.3"};
        case SmtpVerb::data: return {"the message follows", "RFC 5321 §4.1.1.4"};
        case SmtpVerb::bdat: return {"a part of the message follows, so many bytes", "RFC 3030 §2"};
        case SmtpVerb::rset: return {"forget the message that was begun", "RFC 5321 §4.1.1.5"};
        case SmtpVerb::vrfy: return {"asks whether somebody is there", "RFC 5321 §4.1.1.6"};
        case SmtpVerb::expn: return {"asks who is on a list", "RFC 5321 §4.1.1.7"};
        case SmtpVerb::help: return {"asks for help", "RFC 5321 §4.1.1.8"};
        case SmtpVerb::noop: return {"asks whether the server is there", "RFC 5321 §4.1.1.9"};
        case SmtpVerb::quit: return {"says goodbye", "RFC 5321 §4.1.1.10"};
        case SmtpVerb::starttls: return {"wants to go on where nobody listens", "RFC 3207 §4"};
        case SmtpVerb::auth: return {"says who it is", "RFC 4954 §4"};
        case SmtpVerb::unknown: break;
    }
    return {"nobody knows what that means", "RFC 5321 §4.2.4"};
}

struct Reply {
    unsigned code;
    Meaning meaning;
};
constexpr std::array replies = {
    Reply{211, {"help", "RFC 5321 §4.2.3"}},
    Reply{214, {"help", "RFC 5321 §4.2.3"}},
    Reply{220, {"ready", "RFC 5321 §4.2.3"}},
    Reply{221, {"closes", "RFC 5321 §4.2.3"}},
    Reply{235, {"is let in", "RFC 4954 §6"}},
    Reply{250, {"done", "RFC 5321 §4.2.3"}},
    Reply{251, {"passes it on", "RFC 5321 §3.4"}},
    Reply{252, {"does not say, and will try", "RFC 5321 §3.5.3"}},
    Reply{334, {"asks for the next part of the proof", "RFC 4954 §4"}},
    Reply{354, {"waits for the message and the dot that ends it", "RFC 5321 §4.2.3"}},
    Reply{421, {"cannot go on and closes; try again later", "RFC 5321 §4.2.3"}},
    Reply{450, {"the mailbox cannot be had now; try again later", "RFC 5321 §4.2.3"}},
    Reply{451, {"something went wrong there; try again later", "RFC 5321 §4.2.3"}},
    Reply{452, {"no room now; try again later", "RFC 5321 §4.2.3"}},
    Reply{454, {"not now, for a passing reason", "RFC 3207 §4, RFC 4954 §6"}},
    Reply{500, {"does not understand the command", "RFC 5321 §4.2.3"}},
    Reply{501, {"does not understand what stands behind the command", "RFC 5321 §4.2.3"}},
    Reply{502, {"cannot do that", "RFC 5321 §4.2.3"}},
    Reply{503, {"not now: another command has to come first", "RFC 5321 §4.2.3"}},
    Reply{504, {"not with this parameter", "RFC 5321 §4.2.3"}},
    Reply{530, {"log in first", "RFC 4954 §6"}},
    Reply{534, {"the way of logging in is too weak", "RFC 4954 §6"}},
    Reply{535, {"user or password is wrong", "RFC 4954 §6"}},
    Reply{538, {"logging in needs TLS", "RFC 4954 §6"}},
    Reply{550, {"refuses: no such mailbox, or not for us", "RFC 5321 §4.2.3"}},
    Reply{551, {"not here; somebody else has it", "RFC 5321 §3.4"}},
    Reply{552, {"too much", "RFC 5321 §4.2.3"}},
    Reply{553, {"such an address is not allowed", "RFC 5321 §4.2.3"}},
    Reply{554, {"refuses, for good", "RFC 5321 §4.2.3"}},
    Reply{555, {"does not know a parameter", "RFC 5321 §4.1.1.11"}},
};

Meaning meaning_of(unsigned code) {
    for (const auto& reply : replies)
        if (reply.code == code) return reply.meaning;
    switch (code / 100) {
        case 2: return {"done", "RFC 5321 §4.2.1"};
        case 3: return {"waits for more", "RFC 5321 §4.2.1"};
        case 4: return {"not now; try again later", "RFC 5321 §4.2.1"};
        case 5: return {"no, for good", "RFC 5321 §4.2.1"};
        default: return {"is no reply", "RFC 5321 §4.2"};
    }
}

std::string masked(std::string_view secret) {
    return fmt::format("<redacted {} bytes>", secret.size());
}

// `AUTH PLAIN dGVzdA==`: what stands behind the mechanism proves something.
std::string without_secret(std::string_view line, std::string_view argument) {
    const auto space = argument.find_first_of(" \t");
    if (space == argument.npos) return std::string(line);
    const auto secret = without_blanks(argument.substr(space));
    if (secret.empty() || secret == "=") return std::string(line);
    const auto begin = static_cast<std::size_t>(secret.data() - line.data());
    return std::string(line.substr(0, begin)) + masked(secret);
}

}  // namespace

const TranscriptLine& Transcript::add(TranscriptLine line) {
    line.number = ++number_;
    size_ += size_of(line);
    if (size_ > most_bytes) drop(0, (lines_.size() + 1) / 2);
    return lines_.emplace_back(std::move(line));
}

void Transcript::drop(std::size_t begin, std::size_t end) {
    const auto from = lines_.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = lines_.begin() + static_cast<std::ptrdiff_t>(end);
    for (auto line = from; line != to; ++line) size_ -= size_of(*line);
    lines_.erase(from, to);
    left_out_ += end - begin;
    opening_ -= std::min(opening_, end) - std::min(opening_, begin);
}

void Transcript::end_mail() {
    if (has_begun_) drop(opening_, lines_.size());
}

const TranscriptLine& Transcript::client(std::string_view line, Time time) {
    TranscriptLine said;
    said.time = time;
    if (challenged_) {
        challenged_ = false;
        said.text = line == "*" ? std::string(line) : masked(line);
        said.meaning = line == "*" ? "gives up" : "answers";
        said.source = "RFC 4954 §4";
        return add(std::move(said));
    }
    const auto command = parse_smtp_command(line);
    // Who does not wait for an answer to AUTH says the next part all the same.
    if (command.verb == SmtpVerb::unknown && may_be_answer_) {
        said.text = masked(line);
        said.meaning = "answers where nobody asks";
        said.source = "RFC 4954 §4";
        return add(std::move(said));
    }
    may_be_answer_ = command.verb == SmtpVerb::auth;
    if (command.verb == SmtpVerb::mail && !std::exchange(has_begun_, true))
        opening_ = lines_.size();
    in_auth_ = command.verb == SmtpVerb::auth;
    said.text = in_auth_ ? without_secret(line, command.argument) : std::string(line);
    const auto meaning = meaning_of(command.verb);
    said.meaning = meaning.text;
    said.source = meaning.source;
    return add(std::move(said));
}

const TranscriptLine& Transcript::server(std::string_view line, Time time) {
    constexpr std::size_t code_size = 3;
    constexpr unsigned challenge = 334;
    TranscriptLine said;
    said.time = time;
    said.speaker = 'S';
    said.text = line;
    unsigned code = 0;
    const auto digits = line.substr(0, code_size);
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), code);
    challenged_ = in_auth_ && code == challenge;
    // Only the last line of several ends the reply.
    const bool more = line.size() > code_size && line[code_size] == '-';
    if (!more) {
        const auto meaning = meaning_of(code);
        said.meaning = meaning.text;
        said.source = meaning.source;
    }
    return add(std::move(said));
}

const TranscriptLine& Transcript::message(std::uint64_t bytes, Time time) {
    TranscriptLine said;
    said.time = time;
    said.text = fmt::format("<message of {} bytes>", bytes);
    said.meaning = "a dot that stands alone ends it; lines that begin with one get another";
    said.source = "RFC 5321 §4.5.2";
    return add(std::move(said));
}

const TranscriptLine& Transcript::event(std::string_view text, Time time) {
    TranscriptLine said;
    said.time = time;
    said.speaker = '*';
    said.text = text;
    return add(std::move(said));
}

const TranscriptLine& Transcript::secured(std::string_view version, std::string_view cipher,
                                          Time time) {
    TranscriptLine said;
    said.time = time;
    said.speaker = '*';
    said.text = fmt::format("{} with {}", version, cipher);
    said.meaning = "nobody on the way can read what follows, and what was said before is forgotten";
    said.source = "RFC 3207 §4.2";
    challenged_ = in_auth_ = false;
    return add(std::move(said));
}

}  // namespace nettool::proto
