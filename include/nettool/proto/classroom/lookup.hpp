#pragma once
// Both sides of the look-up protocol without any I/O: a dictionary and a key in many shapes, and
// the value as it was written.

#include "nettool/proto/classroom/json_text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// Reads requests: `{"dictionary":{…},"key":"k"}` (also dict or data), `[{…}, "k"]`, `{…} k`, `k
/// {…}`. Once it has failed it stays failed.
class LookupDialog {
public:
    struct Limits {
        std::size_t bytes = 16UL * 1024 * 1024;  // of a request
    };

    explicit LookupDialog(const Limits& limits) : limits_(limits) {}

    void feed(std::string_view bytes);
    /// The peer has been silent; ends a key behind its dictionary.
    void pause();
    /// The peer says no more.
    void end();

    /// What is to be sent now.
    std::string take_reply();

    /// Whether a silence ends something: the key behind the dictionary.
    bool undecided() const noexcept { return state_ == State::key; }
    /// The key is still to come, for which a gap is too short.
    bool half() const noexcept { return undecided() && key_.empty(); }
    bool idle() const noexcept { return state_ == State::begin; }
    bool failed() const noexcept { return failed_; }
    std::uint64_t answered() const noexcept { return answered_; }
    std::uint64_t refused() const noexcept { return refused_; }

private:
    enum class State { begin, first_key, json, key };

    void step(std::string_view& bytes);
    void json_ended();
    void key_ended(bool line_feed);
    void answer(std::string_view dictionary, std::string_view key, bool line_feed);
    void answer_wrapper(std::string_view dictionary, std::string_view key);
    void fail(const std::string& why);

    Limits limits_;
    State state_ = State::begin;
    JsonEnd json_end_;
    std::string json_;
    std::string key_;
    std::string reply_;
    bool line_feed_pending_ = false;  // mirrored when the line feed comes right behind
    bool failed_ = false;
    std::uint64_t answered_ = 0;
    std::uint64_t refused_ = 0;
};

/// `{"dictionary":<dictionary>,"key":<key>}`
std::string lookup_request(std::string_view dictionary, std::string_view key);

/// A value, or what the server says instead of one.
struct LookupReply {
    bool found = false;
    std::string value;  // as it was written
    std::string error;
};
/// Nothing for what is no reply.
std::optional<LookupReply> parse_lookup_reply(std::string_view text);

/// A step of `a.b[2]` is taken off `path`: a name, or an index in brackets.
struct PathStep {
    std::string name;
    std::optional<std::size_t> index;
};
/// Nothing for what is no path.
std::optional<PathStep> take_path_step(std::string_view& path);

}  // namespace nettool::proto
