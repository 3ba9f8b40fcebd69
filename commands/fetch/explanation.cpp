#include "explanation.hpp"

#include "nettool/base/text.hpp"
#include "nettool/http/head_scan.hpp"
#include "nettool/proto/web/http_terms.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using Time = http::Phases::Time;

double ms_between(Time begin, Time end) {
    return std::chrono::duration<double, std::milli>(end - begin).count();
}

std::string took(Time begin, Time end) {
    return fmt::format("({:.2f} ms)", std::max(0.0, ms_between(begin, end)));
}

bool is_set(Time time) { return time != Time(); }

bool is_literal(const std::string& host) {
    error_code not_literal;
    asio::ip::make_address(host, not_literal);
    return !not_literal || host.starts_with('[');
}

class Explanation {
public:
    std::string text;

    void explain(const http::Hop& hop, std::size_t number) {
        line(fmt::format("{}. {}", number, escaped(public_text(hop.url))));
        if (was_secure_ && hop.url.scheme == "http")
            phase("careful", "from here on anybody on the way can read and change it", "");
        was_secure_ = hop.url.scheme == "https";
        if (hop.reused)
            phase("connection",
                  "the one to " + to_string(hop.peer) + " is still open and is used again",
                  "RFC 9112 §9.3");
        else
            explain_connection(hop);
        if (hop.tls) explain_tls(*hop.tls, hop.phases);
        head('>', hop.request_head);
        if (is_set(hop.phases.sent) && is_set(hop.phases.first_byte))
            phase("waiting",
                  "from the last byte of the request to the first of the answer " +
                      took(hop.phases.sent, hop.phases.first_byte),
                  "");
        if (hop.status != 0) head('<', hop.response_head);
    }

    void phase(std::string_view name, const std::string& words, std::string_view source) {
        line(fmt::format("   {:<10} {}", name, with_source(words, source)));
    }

private:
    bool was_secure_ = false;

    void line(const std::string& words) { text += words + "\n"; }

    static std::string with_source(const std::string& words, std::string_view source) {
        return source.empty() ? words : fmt::format("{} [{}]", words, source);
    }

    void explain_connection(const http::Hop& hop) {
        const auto& phases = hop.phases;
        const auto asked = hop.proxy.empty() ? hop.url.host : "the proxy " + hop.proxy;
        const bool literal = hop.proxy.empty() && is_literal(asked);
        if (literal)
            phase("name", escaped(asked) + " is an address: there is nothing to look up", "");
        else if (is_set(phases.resolved))
            phase("name",
                  fmt::format("{} has {} {}", escaped(asked),
                              phases.attempts.size() > 1 ? "several addresses" : "an address",
                              took(phases.begun, phases.resolved)),
                  "RFC 1035 §2");
        for (const auto& attempt : phases.attempts) {
            const auto address = to_string(attempt.address);
            if (!is_set(attempt.ended))
                phase("connect", address + ": given up, another address was faster", "RFC 8305 §5");
            else if (attempt.error)
                phase("connect",
                      address + ": " + attempt.error.message() + " " +
                          took(attempt.begun, attempt.ended),
                      "RFC 9293 §3.5");
            else
                phase("connect",
                      address + ": SYN, SYN-ACK, ACK " + took(attempt.begun, attempt.ended),
                      "RFC 9293 §3.5");
        }
        if (is_set(phases.tunneled))
            phase("tunnel",
                  "the proxy has connected to " + escaped(hop.url.authority()) + " " +
                      took(phases.connected, phases.tunneled),
                  "RFC 9110 §9.3.6");
    }

    void explain_tls(const net::TlsSession& tls, const http::Phases& phases) {
        const auto begun = std::max(phases.connected, phases.tunneled);
        const bool newest = tls.version == "TLSv1.3";
        phase("TLS",
              fmt::format("{} with {}; nobody on the way can read or change what follows {}",
                          tls.version, tls.cipher, took(begun, phases.secured)),
              newest ? "RFC 8446 §2" : "RFC 5246 §7.3");
        if (tls.subject.empty() && tls.issuer.empty()) return;
        std::string names;
        for (const auto& name : tls.names) append_joined(names, ", ", escaped(name));
        phase("",
              fmt::format("the certificate is for {}, issued by {}, from {} to {}: {}",
                          names.empty() ? escaped(tls.subject) : names, escaped(tls.issuer),
                          tls.not_before, tls.not_after,
                          tls.verified ? "it is believed" : "it is not verified (--insecure)"),
              "RFC 5280 §6, RFC 9525 §6");
    }

    // Secrets are named, not shown.
    static std::string shown(const http::Field& field) {
        const auto is = [&field](std::string_view name) {
            return equal_ignoring_case(field.name, name);
        };
        if (is("authorization") || is("proxy-authorization"))
            return escaped(field.value.substr(0, field.value.find(' '))) + " …";
        if (is("cookie") || is("set-cookie"))
            return escaped(field.value.substr(0, field.value.find('='))) + "=…";
        constexpr std::size_t most = 100;
        const auto value = escaped(field.value);
        return value.size() > most ? value.substr(0, most) + "…" : value;
    }

    void head(char direction, std::string_view raw) {
        auto lines = raw;
        const auto first = http::take_line(lines);
        const auto term = direction == '>' ? proto::method_term(first.substr(0, first.find(' ')))
                                           : proto::status_term(status_in(first));
        entry(direction, escaped(first), term);
        http::Fields fields;
        constexpr std::size_t most = 200;
        http::split_fields(lines, most, http::Strictness::lenient, fields);
        for (const auto& field : fields)
            entry(direction, escaped(field.name) + ": " + shown(field),
                  proto::field_term(field.name));
    }

    static unsigned status_in(std::string_view line) {
        constexpr std::size_t begin = 9, end = 12;
        unsigned status = 0;
        for (const char c : line.substr(std::min(begin, line.size()), end - begin))
            if (is_ascii_digit(c)) status = status * 10 + static_cast<unsigned>(c - '0');
        return status;
    }

    void entry(char direction, const std::string& what,
               const std::optional<proto::HttpTerm>& term) {
        constexpr std::size_t column = 44;
        const auto words = term ? with_source(std::string(term->meaning), term->source)
                                : std::string("known to these two only");
        if (what.size() > column) {
            line(fmt::format("   {} {}", direction, what));
            line(fmt::format("   {:>{}} {}", "", column + 2, words));
        } else {
            line(fmt::format("   {} {:<{}} {}", direction, what, column, words));
        }
    }
};

}  // namespace

std::string body_in_words(const http::Response& response) {
    using Kind = http::Framing::Kind;
    const auto size = response.body().size();
    auto bytes = fmt::format("{} byte{}", size, size == 1 ? "" : "s");
    switch (response.head().framing.kind) {
        case Kind::none: return "there is none [RFC 9112 §6.3]";
        case Kind::length: return bytes + ", as Content-Length announced [RFC 9112 §6.2]";
        case Kind::chunked:
            return bytes + ", in chunks that each say how long they are [RFC 9112 §7.1]";
        case Kind::until_close:
            return bytes +
                   ", up to the end of the connection: nobody knows whether that was all "
                   "[RFC 9112 §6.3]";
    }
    return bytes;
}

std::string explanation_of(const http::Trail& trail, const std::string& body) {
    Explanation explanation;
    for (std::size_t i = 0; i < trail.size(); ++i) explanation.explain(trail[i], i + 1);
    if (!body.empty()) explanation.phase("body", body, "");
    return std::move(explanation.text);
}

}  // namespace nettool::commands
