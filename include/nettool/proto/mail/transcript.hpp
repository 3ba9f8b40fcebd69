#pragma once
// The dialog of two programs that exchange mail, line by line, with what each line means; secrets
// are not in it.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct TranscriptLine {
    std::uint64_t number = 0;  // from 1
    std::chrono::system_clock::time_point time;
    char speaker = 'C';        // C: the client, S: the server, *: what happened between them
    std::string text;          // as it was said, secrets masked, without its line end
    std::string_view meaning;  // a sentence without a full stop; empty where it speaks for itself
    std::string_view source;   // `RFC 5321 §4.1.1.2`
};

/// Of one connection.  Fed with what either side says, it knows which lines hold secrets: what
/// stands behind AUTH and what answers a challenge.
class Transcript {
public:
    using Time = std::chrono::system_clock::time_point;

    /// Lines come without their ends.  What they return holds until the next call.
    const TranscriptLine& client(std::string_view line, Time time);
    const TranscriptLine& server(std::string_view line, Time time);
    /// So many bytes that are no command: the message behind DATA, a chunk.
    const TranscriptLine& message(std::uint64_t bytes, Time time);
    /// TLS is spoken from here on.
    const TranscriptLine& secured(std::string_view version, std::string_view cipher, Time time);

    /// What happened between them, a sentence without a full stop.
    const TranscriptLine& event(std::string_view text, Time time);

    /// A message is done with: what led to it is left out, but not how the connection began.
    void end_mail();

    /// No more than 256 KiB are kept, of a dialog that is longer the end; the others are counted.
    const std::vector<TranscriptLine>& lines() const noexcept { return lines_; }
    std::uint64_t left_out() const noexcept { return left_out_; }

private:
    const TranscriptLine& add(TranscriptLine line);
    void drop(std::size_t begin, std::size_t end);

    std::vector<TranscriptLine> lines_;
    std::size_t size_ = 0;     // in bytes
    std::size_t opening_ = 0;  // so many of them came before the first message
    bool has_begun_ = false;   // a message
    std::uint64_t left_out_ = 0;
    std::uint64_t number_ = 0;
    bool in_auth_ = false;        // the client answers challenges
    bool challenged_ = false;     // the next line of the client is an answer
    bool may_be_answer_ = false;  // nothing but AUTH and what is no command has been said since
};

}  // namespace nettool::proto
