#include "nettool/proto/classroom/upper.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

namespace nettool::proto {
namespace {

using Word = std::uint64_t;  // eight bytes at a time, whatever the compiler makes of loops

constexpr Word each_byte = 0x0101010101010101;
constexpr Word high_bits = each_byte * 0x80;

Word load(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

// Adding to seven bits cannot carry into the next byte; the high bit then says "at least".
Word upper_word(Word word) {
    const Word low = word & ~high_bits;
    const Word from_a = low + each_byte * (0x80 - 'a');
    const Word behind_z = low + each_byte * (0x7f - 'z');
    const Word small_letters = from_a & ~behind_z & ~word & high_bits;
    return word ^ (small_letters >> 2);  // 0x80 becomes 0x20, the case bit
}

char upper_byte(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

void append_ascii_upper(std::string& out, std::string_view text) {
    const auto begin = out.size();
    out += text;
    char* at = out.data() + begin;
    char* const end = at + text.size();
    for (; end - at >= 8; at += 8) {
        const Word word = upper_word(load(at));
        std::memcpy(at, &word, sizeof word);
    }
    std::transform(at, end, at, upper_byte);
}

bool is_ascii(char c) { return (c & 0x80) == 0; }

std::size_t ascii_prefix_length(std::string_view text) {
    std::size_t n = 0;
    while (text.size() - n >= 8 && (load(text.data() + n) & high_bits) == 0) n += 8;
    while (n < text.size() && is_ascii(text[n])) ++n;
    return n;
}

ucs4_t code_point(std::string_view character) {
    ucs4_t c = 0;
    u8_mbtouc(&c, reinterpret_cast<const std::uint8_t*>(character.data()), character.size());
    return c;
}

std::string utf8(ucs4_t c) {
    char bytes[4];
    const int size = u8_uctomb(reinterpret_cast<std::uint8_t*>(bytes), c, sizeof bytes);
    return {bytes, static_cast<std::size_t>(std::max(size, 0))};
}

std::string full_upper(ucs4_t c) {
    std::array<ucs4_t, 8> mapped;  // the longest has three
    auto size = mapped.size();
    if (u32_toupper(&c, 1, nullptr, nullptr, mapped.data(), &size) != mapped.data()) return utf8(c);
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += utf8(mapped[i]);
    return text;
}

}  // namespace

void UpperFilter::feed(std::string_view chunk, std::string& out) {
    if (mode_ == UpperMode::ascii) return append_ascii_upper(out, chunk);
    chunk.remove_prefix(complete_held(chunk, out));
    while (!chunk.empty()) chunk.remove_prefix(take_some(chunk, out));
}

void UpperFilter::flush(std::string& out) {
    out += held_;
    held_.clear();
}

std::size_t UpperFilter::complete_held(std::string_view chunk, std::string& out) {
    std::size_t taken = 0;
    while (holds() && taken < chunk.size()) {
        held_ += chunk[taken];
        if (utf8_sequence_length(held_) > 0) {
            map(held_, out);
            held_.clear();
        } else if (!begins_utf8_sequence(held_)) {
            held_.pop_back();  // it may begin a character itself
            flush(out);
            return taken;
        }
        ++taken;
    }
    return taken;
}

std::size_t UpperFilter::take_some(std::string_view text, std::string& out) {
    if (mode_ == UpperMode::capitalize)
        return starting_ ? take_character(text, out) : pass_line(text, out);
    const auto ascii = ascii_prefix_length(text);
    if (ascii == 0) return take_character(text, out);
    append_ascii_upper(out, text.substr(0, ascii));
    return ascii;
}

std::size_t UpperFilter::take_character(std::string_view text, std::string& out) {
    if (const auto length = utf8_sequence_length(text); length > 0) {
        map(text.substr(0, length), out);
        return length;
    }
    if (begins_utf8_sequence(text)) {
        held_ = text;
        return text.size();
    }
    out += text.front();
    return 1;
}

std::size_t UpperFilter::pass_line(std::string_view text, std::string& out) {
    const auto lf = text.find('\n');
    starting_ = lf != text.npos;
    const auto line = text.substr(0, starting_ ? lf + 1 : lf);
    out += line;
    return line.size();
}

void UpperFilter::map(std::string_view character, std::string& out) {
    const auto c = code_point(character);
    if (mode_ == UpperMode::capitalize) {
        starting_ = !uc_is_property_alphabetic(c);
        if (starting_) {
            out += character;
            return;
        }
    }
    const auto mapped = mapping_ == UpperMapping::full ? full_upper(c) : utf8(uc_toupper(c));
    const bool grows = mapped.size() > character.size();
    out += grows && mapping_ == UpperMapping::fitting ? character : std::string_view(mapped);
}

std::string upper_datagram(UpperMode mode, std::string_view request) {
    std::string reply;
    UpperFilter filter(mode, UpperMapping::fitting);
    filter.feed(request, reply);
    filter.flush(reply);
    return reply;
}

UpperCheck::UpperCheck(UpperMapping simple)
    : candidates_{Candidate(UpperFilter(UpperMode::unicode, simple)),
                  Candidate(UpperFilter(UpperMode::unicode, UpperMapping::full)),
                  Candidate(UpperFilter(UpperMode::ascii))} {}

void UpperCheck::sent(std::string_view chunk) {
    for (auto& candidate : candidates_) candidate.sent(chunk);
}

bool UpperCheck::received(std::string_view chunk) {
    bool fits = false;
    for (auto& candidate : candidates_) fits = candidate.received(chunk) || fits;
    return fits;
}

bool UpperCheck::complete() const {
    return std::any_of(candidates_.begin(), candidates_.end(),
                       [](const Candidate& candidate) { return candidate.complete(); });
}

void UpperCheck::Candidate::sent(std::string_view chunk) {
    if (fits_) filter_.feed(chunk, expected_);
}

bool UpperCheck::Candidate::received(std::string_view chunk) {
    if (!fits_) return false;
    // The server gives up waiting for the rest of a character after a gap, and so do we then.
    if (chunk.size() > pending().size()) filter_.flush(expected_);
    fits_ = pending().starts_with(chunk);
    consume(fits_ ? chunk.size() : pending().size());
    return fits_;
}

// Moves the rest to the front only when that is less work than it saves.
void UpperCheck::Candidate::consume(std::size_t n) {
    seen_ += n;
    if (seen_ * 2 < expected_.size()) return;
    expected_.erase(0, seen_);
    seen_ = 0;
}

}  // namespace nettool::proto
