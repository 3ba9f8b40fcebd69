#pragma once
// JSON as text: where its parts begin and end, so that a value can be handed on as it was written.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// Finds the end of one object or array that arrives in pieces; each byte is looked at once.
class JsonEnd {
public:
    /// How many bytes of `bytes` belong to it; fewer than all of them only when it has ended.
    std::size_t feed(std::string_view bytes);
    bool ended() const noexcept { return begun_ && depth_ == 0; }

private:
    std::size_t depth_ = 0;
    bool begun_ = false;
    bool in_string_ = false;
    bool escaped_ = false;
};

/// What is wrong with a JSON text (RFC 8259) of at most 32 levels, with the offset of the byte;
/// nothing if it is sound.
std::optional<std::string> json_fault(std::string_view text);

/// Of sound JSON: the value of a member as it is written, the last one of that name; nothing where
/// there is none or where `object` is none.
std::optional<std::string_view> json_member(std::string_view object, std::string_view name);
/// The same for an element, counted from 0.
std::optional<std::string_view> json_element(std::string_view array, std::size_t index);

/// A string without its quotes and escapes, any other value as it is written.
std::string json_plain(std::string_view value);
/// In quotes.
std::string json_quoted(std::string_view text);

}  // namespace nettool::proto
