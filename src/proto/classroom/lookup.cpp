#include "nettool/proto/classroom/lookup.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace nettool::proto {
namespace {

constexpr std::size_t max_key_bytes = 64UL * 1024;

// A key as people write it: raw, or as a JSON string; up to the first NUL.
std::string key_of(std::string_view text) {
    text = trimmed(text.substr(0, text.find('\0')));
    const bool is_string = text.size() >= 2 && text.starts_with('"') && text.ends_with('"');
    return is_string && !json_fault(text) ? json_plain(text) : std::string(text);
}

std::optional<std::string_view> dictionary_in(std::string_view wrapper) {
    for (const auto* name : {"dictionary", "dict", "data"})
        if (const auto found = json_member(wrapper, name); found && found->starts_with('{'))
            return found;
    return std::nullopt;
}

}  // namespace

void LookupDialog::feed(std::string_view bytes) {
    while (!bytes.empty() && !failed_) step(bytes);
}

void LookupDialog::step(std::string_view& bytes) {
    const char c = bytes.front();
    const bool opens = c == '{' || c == '[';
    if (state_ == State::begin || state_ == State::first_key) {
        if (state_ == State::begin && line_feed_pending_ && c == '\n') reply_ += '\n';
        if (c != '\r') line_feed_pending_ = false;
        if (opens) {
            state_ = State::json;
            return;
        }
        const bool blank = c == '\0' || trimmed(bytes.substr(0, 1)).empty();
        if (!blank) state_ = State::first_key;
        if (state_ == State::first_key) key_ += c;
        bytes.remove_prefix(1);
        if (key_.size() > max_key_bytes) fail("the key is too long");
        return;
    }
    if (state_ == State::json) {
        const auto used = json_end_.feed(bytes);
        json_ += bytes.substr(0, used);
        bytes.remove_prefix(used);
        if (json_.size() > limits_.bytes) return fail("the request is too long");
        if (json_end_.ended()) json_ended();
        return;
    }
    bytes.remove_prefix(1);
    if (c != '\n') key_ += c;
    if (key_.size() > max_key_bytes) return fail("the key is too long");
    if (c == '\n' && !trimmed(key_).empty()) key_ended(true);
}

void LookupDialog::json_ended() {
    if (const auto fault = json_fault(json_)) return fail(*fault);
    const auto first = key_of(key_);
    if (!first.empty()) return answer(json_, first, false);
    key_.clear();
    if (json_.starts_with('[')) {
        const auto dictionary = json_element(json_, 0), key = json_element(json_, 1);
        if (!dictionary || !dictionary->starts_with('{') || !key)
            return fail("expected [dictionary, key]");
        return answer(*dictionary, json_plain(*key), false);
    }
    const auto dictionary = dictionary_in(json_);
    const auto key = json_member(json_, "key");
    if (dictionary && key) return answer_wrapper(*dictionary, json_plain(*key));
    state_ = State::key;
}

void LookupDialog::pause() {
    if (!undecided()) return;
    if (trimmed(key_).empty()) return fail("expected a key behind the dictionary");
    key_ended(false);
}

void LookupDialog::end() {
    if (failed_ || idle()) return;
    if (undecided()) return pause();
    fail(state_ == State::json ? "the JSON does not end" : "expected a dictionary");
}

void LookupDialog::key_ended(bool line_feed) { answer(json_, key_of(key_), line_feed); }

void LookupDialog::answer(std::string_view dictionary, std::string_view key, bool line_feed) {
    const auto value = json_member(dictionary, key);
    if (value)
        reply_ += json_plain(*value);
    else
        reply_ += "ERROR: key " + quoted(key, 200) + " not found";
    ++(value ? answered_ : refused_);
    if (line_feed) reply_ += '\n';
    line_feed_pending_ = !line_feed;
    json_.clear();
    key_.clear();
    json_end_ = {};
    state_ = State::begin;
}

void LookupDialog::answer_wrapper(std::string_view dictionary, std::string_view key) {
    const auto value = json_member(dictionary, key);
    if (value)
        reply_.append(R"({"found":true,"value":)").append(*value).append("}\n");
    else
        reply_ += R"({"found":false,"error":)" + json_quoted("key not found: " + std::string(key)) +
                  "}\n";
    ++(value ? answered_ : refused_);
    json_.clear();
    json_end_ = {};
    state_ = State::begin;
}

void LookupDialog::fail(const std::string& why) {
    failed_ = true;
    ++refused_;
    reply_ += "ERROR: " + why + "\n";
}

// A line feed that comes later than the answer cannot be mirrored any more.
std::string LookupDialog::take_reply() {
    line_feed_pending_ = false;
    return std::exchange(reply_, {});
}

std::string lookup_request(std::string_view dictionary, std::string_view key) {
    return std::string(R"({"dictionary":)")
        .append(trimmed(dictionary))
        .append(R"(,"key":)")
        .append(json_quoted(key))
        .append("}");
}

std::optional<LookupReply> parse_lookup_reply(std::string_view text) {
    text = trimmed(text);
    LookupReply reply;
    if (text.starts_with("ERROR:")) {
        reply.error = trimmed(text.substr(text.find(':') + 1));
        return reply;
    }
    if (!text.starts_with('{') || json_fault(text)) return std::nullopt;
    const auto value = json_member(text, "value"), error = json_member(text, "error");
    reply.found = json_member(text, "found") == "true" && value;
    if (reply.found) reply.value = *value;
    if (!reply.found && !error) return std::nullopt;
    if (!reply.found) reply.error = json_plain(*error);
    return reply;
}

std::optional<PathStep> take_path_step(std::string_view& path) {
    PathStep step;
    if (path.starts_with('[')) {
        std::size_t index = 0;
        const auto* end = path.data() + path.size();
        const auto [stop, status] = std::from_chars(path.data() + 1, end, index);
        if (status != std::errc{} || stop == end || *stop != ']') return std::nullopt;
        path.remove_prefix(static_cast<std::size_t>(stop - path.data()) + 1);
        step.index = index;
        return step;
    }
    if (path.starts_with('.')) path.remove_prefix(1);
    const auto size = std::min(path.find_first_of(".["), path.size());
    if (size == 0) return std::nullopt;
    step.name = path.substr(0, size);
    path.remove_prefix(size);
    return step;
}

}  // namespace nettool::proto
