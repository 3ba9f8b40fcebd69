#include "nettool/proto/mail/smtp_dialog.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace nettool::proto {
namespace {

using Step = SmtpDialog::Step;
using Next = SmtpDialog::Next;

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || stop != end) return std::nullopt;
    return value;
}

template <class Is>
bool all_members(std::string_view list, Is is) {
    for (;;) {
        const auto comma = list.find(',');
        if (!is(list.substr(0, comma))) return false;
        if (comma == list.npos) return true;
        list.remove_prefix(comma + 1);
    }
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [word](std::string_view one) { return equal_ignoring_case(one, word); });
}

// NEVER, or some of the others (RFC 3461 §4.1).
bool is_notify(std::string_view value) {
    if (equal_ignoring_case(value, "NEVER")) return true;
    return all_members(value, [](std::string_view word) {
        return is_one_of(word, {"SUCCESS", "FAILURE", "DELAY"});
    });
}

// `rfc822;` and xtext (§4.2)
bool is_original_recipient(std::string_view value) {
    const auto semicolon = value.find(';');
    return semicolon != value.npos && semicolon > 0 &&
           xtext_decoded(value.substr(semicolon + 1)).has_value();
}

}  // namespace

SmtpReply SmtpDialog::greeting() const { return {220, {settings_.host + " ESMTP nettool"}}; }

Step SmtpDialog::refused(unsigned code, std::string text) {
    constexpr unsigned closing = 421;
    if (++errors_ > settings_.max_errors)
        return {{closing, {"4.7.0 " + settings_.host + " too many errors"}}, Next::close};
    return {{code, {std::move(text)}}, Next::command};
}

Step SmtpDialog::done(unsigned code, std::string text) {
    errors_ = 0;
    return {{code, {std::move(text)}}, Next::command};
}

void SmtpDialog::forget_mail() noexcept {
    envelope_.reset();
    in_chunks_ = false;
}

Step SmtpDialog::on_long_line() { return refused(500, "5.5.2 the line is too long"); }

Step SmtpDialog::on_line(std::string_view line) {
    if (sasl_) return on_auth(sasl_->answer(line));
    // A browser that was talked into speaking to us: its lines are nobody's commands.
    if (line.find(" HTTP/1.") != line.npos)
        return {{421, {"4.7.0 " + settings_.host + " speaks no HTTP"}}, Next::close};
    const auto command = parse_smtp_command(line);
    const auto argument = command.argument;
    switch (command.verb) {
        case SmtpVerb::helo: return hello(argument, false);
        case SmtpVerb::ehlo: return hello(argument, true);
        case SmtpVerb::mail: return mail(argument);
        case SmtpVerb::rcpt: return recipient(argument);
        case SmtpVerb::data: return data(argument);
        case SmtpVerb::bdat: return chunk(argument);
        case SmtpVerb::starttls: return start_tls(argument);
        case SmtpVerb::auth: return auth(argument);
        case SmtpVerb::rset: forget_mail(); return done(250, "2.0.0 forgotten");
        case SmtpVerb::noop: return done(250, "2.0.0 nothing done");
        case SmtpVerb::vrfy:
            if (argument.empty()) return refused(501, "5.5.4 VRFY whom?");
            return done(252, "2.5.2 not said; send to it and see");
        case SmtpVerb::expn: return refused(502, "5.5.1 lists are not shown");
        case SmtpVerb::help:
            return done(214,
                        "2.0.0 HELO EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY STARTTLS AUTH QUIT");
        case SmtpVerb::quit: return {{221, {"2.0.0 " + settings_.host + " goodbye"}}, Next::close};
        case SmtpVerb::unknown: break;
    }
    return refused(500, "5.5.2 what does that mean?");
}

// RFC 5321 §4.1.1.1, §4.1.4
Step SmtpDialog::hello(std::string_view name, bool extended) {
    constexpr std::size_t longest_name = 255;
    const bool is_name =
        !name.empty() && name.size() <= longest_name && name.find(' ') == name.npos;
    if (!is_name || has_control_bytes(name)) return refused(501, "5.5.4 say your name behind it");
    client_ = name;
    extended_ = extended;
    forget_mail();
    if (!extended) return done(250, settings_.host);
    auto step = done(250, settings_.host + " greets " + client_);
    auto& lines = step.reply.lines;
    lines.insert(lines.end(),
                 {"PIPELINING", "SIZE " + std::to_string(settings_.max_size), "8BITMIME",
                  "BINARYMIME", "CHUNKING", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"});
    if (settings_.offers_tls && !tls_) lines.emplace_back("STARTTLS");
    if (offers_auth()) lines.emplace_back("AUTH PLAIN LOGIN CRAM-MD5");
    lines.emplace_back("HELP");
    return step;
}

Step SmtpDialog::mail(std::string_view argument) {
    if (client_.empty()) return refused(503, "5.5.1 say EHLO first");
    if (envelope_) return refused(503, "5.5.1 there is a message already; RSET forgets it");
    if (settings_.needs_auth && !authenticated_) return refused(530, "5.7.0 log in first");
    auto parsed = parse_envelope(argument, "FROM");
    if (!parsed) return refused(501, "5.1.7 MAIL FROM:<address> is wanted");
    if (!extended_ && !parsed->parameters.empty())
        return refused(555, "5.5.4 parameters need EHLO");
    MailEnvelope envelope;
    for (const auto& [keyword, value] : parsed->parameters)
        if (auto refusal = judge_mail_parameter(keyword, value, envelope)) return *refusal;
    if (parsed->path.has_utf8() && !envelope.utf8)
        return refused(553, "5.6.7 such an address needs SMTPUTF8");
    envelope.from = std::move(parsed->path);
    envelope.parameters = std::move(parsed->parameters);
    envelope_ = std::move(envelope);
    return done(250, "2.1.0 sender ok");
}

std::optional<Step> SmtpDialog::judge_mail_parameter(std::string_view keyword,
                                                     std::string_view value,
                                                     MailEnvelope& envelope) {
    if (keyword == "SIZE") {
        const auto size = number_of(value);
        if (!size) return refused(501, "5.5.4 SIZE is no number");
        if (*size > settings_.max_size) return Step{too_long(), Next::command};
    } else if (keyword == "BODY") {
        if (!is_one_of(value, {"7BIT", "8BITMIME", "BINARYMIME"}))
            return refused(501, "5.5.4 BODY is 7BIT, 8BITMIME or BINARYMIME");
        envelope.binary = equal_ignoring_case(value, "BINARYMIME");
    } else if (keyword == "SMTPUTF8") {
        if (!value.empty()) return refused(501, "5.5.4 SMTPUTF8 has no value");
        envelope.utf8 = true;
    } else if (keyword == "RET") {
        if (!is_one_of(value, {"FULL", "HDRS"})) return refused(501, "5.5.4 RET is FULL or HDRS");
    } else if (keyword == "ENVID" || keyword == "AUTH") {
        if (!xtext_decoded(value))
            return refused(501, "5.5.4 " + std::string(keyword) + " is no xtext");
    } else {
        return refused(555, "5.5.4 " + std::string(keyword) + " is not known");
    }
    return std::nullopt;
}

Step SmtpDialog::recipient(std::string_view argument) {
    if (!envelope_) return refused(503, "5.5.1 say MAIL first");
    if (in_chunks_) return refused(503, "5.5.1 the message has begun");
    auto parsed = parse_envelope(argument, "TO");
    if (!parsed) return refused(501, "5.1.3 RCPT TO:<address> is wanted");
    if (parsed->path.is_null()) return refused(553, "5.1.3 nobody is no recipient");
    if (!extended_ && !parsed->parameters.empty())
        return refused(555, "5.5.4 parameters need EHLO");
    if (parsed->path.has_utf8() && !envelope_->utf8)
        return refused(553, "5.6.7 such an address needs SMTPUTF8");
    for (const auto& [keyword, value] : parsed->parameters)
        if (auto refusal = judge_recipient_parameter(keyword, value)) return *refusal;
    if (envelope_->recipients.size() >= settings_.max_recipients)
        return {{452, {"4.5.3 too many recipients"}}, Next::command};
    envelope_->recipients.push_back({std::move(parsed->path), std::move(parsed->parameters)});
    return done(250, "2.1.5 recipient ok");
}

std::optional<Step> SmtpDialog::judge_recipient_parameter(std::string_view keyword,
                                                          std::string_view value) {
    if (keyword == "NOTIFY" && !is_notify(value))
        return refused(501, "5.5.4 NOTIFY is NEVER, or some of SUCCESS, FAILURE, DELAY");
    if (keyword == "ORCPT" && !is_original_recipient(value))
        return refused(501, "5.5.4 ORCPT is a type and an xtext");
    if (keyword != "NOTIFY" && keyword != "ORCPT")
        return refused(555, "5.5.4 " + std::string(keyword) + " is not known");
    return std::nullopt;
}

Step SmtpDialog::data(std::string_view argument) {
    if (!argument.empty()) return refused(501, "5.5.4 DATA stands alone");
    if (!envelope_) return refused(503, "5.5.1 say MAIL first");
    if (in_chunks_) return refused(503, "5.5.1 the message comes in chunks");
    if (envelope_->recipients.empty()) return refused(503, "5.5.1 nobody is to get it");
    if (envelope_->binary) return refused(503, "5.6.1 BINARYMIME needs BDAT");
    auto step = done(354, "send it; CR LF . CR LF ends it");
    step.next = Next::data;
    return step;
}

// RFC 3030 §2
Step SmtpDialog::chunk(std::string_view argument) {
    const auto space = argument.find(' ');
    const auto size = number_of(argument.substr(0, space));
    const auto word =
        space == argument.npos ? std::string_view() : without_blanks(argument.substr(space));
    const bool last = equal_ignoring_case(word, "LAST");
    // Without its size nobody knows where the next command begins.
    if (!size || (!word.empty() && !last))
        return {{501, {"5.5.4 BDAT SIZE [LAST] is wanted"}}, Next::close};
    chunk_size_ = *size;
    last_chunk_ = last;
    first_chunk_ = !in_chunks_;
    keeps_chunk_ = envelope_ && !envelope_->recipients.empty();
    if (keeps_chunk_) in_chunks_ = true;
    return {{}, Next::chunk};
}

Step SmtpDialog::on_chunk(bool too_long_together) {
    if (!envelope_) return refused(503, "5.5.1 say MAIL first");
    if (!keeps_chunk_) return refused(503, "5.5.1 nobody is to get it");
    if (too_long_together) {
        forget_mail();
        return {too_long(), Next::command};
    }
    return done(250, "2.0.0 " + std::to_string(chunk_size_) + " octets");
}

std::string SmtpDialog::protocol() const {
    if (!extended_) return "SMTP";
    std::string name = envelope_ && envelope_->utf8 ? "UTF8SMTP" : "ESMTP";
    if (tls_) name += 'S';
    if (authenticated_) name += 'A';
    return name;
}

SmtpReply SmtpDialog::too_long() const {
    return {552, {"5.3.4 longer than " + std::to_string(settings_.max_size) + " octets"}};
}

Step SmtpDialog::on_message(const std::string& id, const std::optional<SmtpReply>& refusal) {
    forget_mail();
    if (refusal) return {*refusal, Next::command};
    return done(250, id.empty() ? "2.0.0 taken" : "2.0.0 stored as " + id);
}

}  // namespace nettool::proto
