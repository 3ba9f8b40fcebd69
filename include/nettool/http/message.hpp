#pragma once
// The parts of a parsed HTTP/1 message head (RFC 9112): fields, framing, words compared as HTTP
// does.

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/http_token.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::http {

using proto::is_token;

/// HTAB, SP to `~`, and bytes from 0x80: what may stand in a field value (RFC 9110 §5.5).
bool is_field_value(std::string_view text) noexcept;

/// Calls `visit` for each member of a comma-separated list, also for empty ones (RFC 9110 §5.6.1);
/// quoted strings are not looked into.
template <class Visit>
void for_each_member(std::string_view list, Visit visit) {
    for (;;) {
        const auto comma = list.find(',');
        visit(without_blanks(list.substr(0, comma)));
        if (comma == list.npos) return;
        list.remove_prefix(comma + 1);
    }
}

bool has_member(std::string_view list, std::string_view word);

struct Field {
    std::string_view name;
    std::string_view value;
};

/// `NAME: VALUE` as people write it; nothing for what could not be sent.
std::optional<Field> parse_field_line(std::string_view text) noexcept;

/// In the order of the head, whose bytes they refer to.
class Fields {
public:
    void clear() noexcept { fields_.clear(); }
    void add(const Field& field) { fields_.push_back(field); }

    /// The first of this name.
    std::optional<std::string_view> find(std::string_view name) const noexcept;
    std::size_t count(std::string_view name) const noexcept;

    auto begin() const noexcept { return fields_.begin(); }
    auto end() const noexcept { return fields_.end(); }
    std::size_t size() const noexcept { return fields_.size(); }
    Field& back() noexcept { return fields_.back(); }

private:
    std::vector<Field> fields_;
};

/// HOST or HOST:PORT as a Host field may have it: no list, no user info, no path (RFC 9110 §7.2).
bool is_authority(std::string_view text) noexcept;

/// How the end of a body is known (RFC 9112 §6.3).
struct Framing {
    enum class Kind { none, length, chunked, until_close };

    Kind kind = Kind::none;
    std::uint64_t length = 0;  // of Kind::length
};

/// 1*DIGIT, at most 19 of them and less than 2^63.
std::optional<std::uint64_t> parse_content_length(std::string_view text) noexcept;

/// What Connection and the version say of the time after this message (RFC 9112 §9.3).
bool wants_to_stay(const Fields& fields, unsigned minor_version);

}  // namespace nettool::http
