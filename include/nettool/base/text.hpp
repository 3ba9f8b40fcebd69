#pragma once
// Text that came from elsewhere, made safe and short enough to show on a terminal.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nettool {

/// C0, DEL, C1, line separators and bidirectional controls become `\x1b`-style text, invalid UTF-8
/// becomes `\xNN`; printable UTF-8 stays (design rule R12: nothing from a peer drives a terminal).
std::string escaped(std::string_view text);

/// escaped() for a stream of text in chunks: LF and TAB stay, and a character that is cut in two
/// waits for its rest.
class Escaper {
public:
    std::string feed(std::string_view chunk);
    std::string flush();  // what still waits, at the end

private:
    std::string held_;
};

/// Serialized JSON whose strings hold what a peer sent: invalid UTF-8 becomes `\ufffd`, what could
/// drive a terminal an escape that means the same.
std::string json_safe(std::string_view json);

/// escaped() in double quotes, `"` and `\` escaped too; cut after about `max_bytes` with `…`.
std::string quoted(std::string_view text, std::size_t max_bytes = 40);

/// Appends `more`, if it is not empty, behind a separator where something is there already.
void append_joined(std::string& text, std::string_view separator, std::string_view more);

/// Length of the valid UTF-8 sequence at the start of `text` (RFC 3629), 0 if there is none.
std::size_t utf8_sequence_length(std::string_view text);

/// Whether more bytes could make a valid sequence of these one to three.
bool begins_utf8_sequence(std::string_view bytes);

/// Appends a code point; U+FFFD for zero, a surrogate and what is beyond Unicode.
void append_utf8(std::string& text, std::uint32_t code_point);

/// Without white space at either end.
std::string_view trimmed(std::string_view text);

}  // namespace nettool
