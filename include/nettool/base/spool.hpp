#pragma once
// Texts that are wanted later, side by side: in memory while they are short, else in a file.

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nettool {

/// However many texts there are, no more than `in_memory` bytes of them stay in memory, and a few
/// dozen for each; the file has no name and is gone with its owner.
class Spool {
public:
    using Text = std::size_t;
    using Sink = std::function<void(std::string_view)>;

    explicit Spool(std::size_t in_memory = 4UL << 20) : most_in_memory_(in_memory) {}

    /// An empty text.
    Text begin();
    /// Appends.  Throws Failure (local).
    void write(Text text, std::string_view bytes);
    /// Hands all of it to `sink`, in pieces; the text is empty afterwards.  Throws Failure (local).
    void drain(Text text, const Sink& sink);

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    // The pieces of a text are a chain in the file, so that a text costs the same however long.
    struct Piece {
        std::uint64_t next = 0;  // where the next one begins; 0: none
        std::uint64_t size = 0;
    };
    struct Held {
        std::string tail;
        std::uint64_t first = 0, last = 0;  // pieces in the file
    };

    void spill();
    void append(Held& held);
    void write_at(std::uint64_t offset, std::string_view bytes) const;
    std::string_view read_at(std::uint64_t offset, std::uint64_t size, std::string& buffer) const;

    std::size_t most_in_memory_;
    std::size_t in_memory_ = 0;
    std::vector<Held> texts_;
    std::unique_ptr<std::FILE, Close> file_;
    std::uint64_t end_ = 1;  // of the file; no piece begins at 0
    std::string block_;      // what is to be written at `end_`
};

/// One text, spooled alone.
class SpooledText {
public:
    void write(std::string_view bytes) { spool_.write(text_, bytes); }
    void drain(const Spool::Sink& sink) { spool_.drain(text_, sink); }

private:
    Spool spool_{1UL << 20};
    Spool::Text text_ = spool_.begin();
};

}  // namespace nettool
