#pragma once
// URLs of http, https and data as browsers read them (WHATWG URL Standard).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// All parts are ASCII: percent-encoded, and the host in its DNS form.
struct Url {
    std::string scheme;  // without its colon
    std::string username;
    std::string password;
    std::string host;                   // an IPv6 address in its brackets; mostly empty for data
    std::optional<std::uint16_t> port;  // nothing where it is the scheme's own
    std::string path;                   // begins with `/`, but for data
    std::optional<std::string> query;
    std::optional<std::string> fragment;

    bool operator==(const Url&) const = default;

    bool is_web() const noexcept { return scheme != "data"; }
    std::uint16_t effective_port() const noexcept;
    /// HOST or HOST:PORT, as a Host field has it.
    std::string authority() const;
    /// What a request line asks the origin server for.
    std::string target() const;
};

/// Serialized again.
std::string to_string(const Url& url);
/// The same without user, password and fragment, which are nobody else's business.
std::string public_text(const Url& url);

/// Whether credentials for the one may go to the other.
bool same_origin(const Url& a, const Url& b) noexcept;

/// Total over any bytes; invalid UTF-8 is read as U+FFFD.  Relative to `base` if given.  Nothing
/// for what is no URL, or one of another scheme.
std::optional<Url> parse_url(std::string_view text, const Url* base = nullptr);

/// As people type it into a shell: http or https, and `host/path` means http.
std::optional<Url> parse_typed_url(std::string_view text);

}  // namespace nettool::proto
