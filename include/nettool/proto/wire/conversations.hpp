#pragma once
// Tells the packets of a capture apart by the conversations they belong to, and what each says.

#include "nettool/proto/wire/conversation.hpp"
#include "nettool/proto/wire/fragments.hpp"
#include "nettool/proto/wire/recognition.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nettool::proto {

/// A conversation and what is known of its protocol.
class Dialogue {
public:
    Dialogue(std::uint64_t number, const Dissected& first)
        : number_(number),
          conversation_(first),
          recognition_(first.is_tcp, conversation_.server().port) {}

    std::uint64_t number() const noexcept { return number_; }  // from 1, by its first packet
    const Conversation& conversation() const noexcept { return conversation_; }
    const Recognition& recognition() const noexcept { return recognition_; }

private:
    friend class Conversations;

    std::uint64_t number_;
    Conversation conversation_;
    Recognition recognition_;
    std::size_t memory_ = 0;  // as last counted
    // Its place in the order of last packets, while something is remembered of it.
    std::optional<std::list<Dialogue*>::iterator> recent_;
};

/// In bounded memory: beyond `remembered` bytes the conversations that have been silent for longest
/// lose what is known of their bytes.
class Conversations {
public:
    struct Limits {
        std::size_t conversations = 100'000;
        std::size_t remembered = 64UL << 20;  // bytes
    };

    explicit Conversations(Limits limits) : limits_(limits) {}

    struct Told {
        const Dialogue* dialogue = nullptr;
        Dissected packet;  // as long as its bytes, and until the next call
        Step step;
        std::string message;  // what it says in its protocol, escaped; may be empty
        bool is_new = false;  // the first packet of its conversation
    };
    enum class Other {
        none,          // it was told
        no_transport,  // neither TCP nor UDP over IP, or cut off in its headers
        fragment,      // others of its packet are still missing
        too_many,      // a conversation beyond the limit
    };

    Other add(std::uint16_t linktype, std::string_view bytes, std::chrono::nanoseconds time,
              Told& told);

    const std::vector<std::unique_ptr<Dialogue>>& all() const noexcept { return all_; }

private:
    using Time = std::chrono::nanoseconds;

    Dialogue* dialogue_of(const Dissected& packet, bool& is_new);
    static std::string key_of(const Dissected& packet);
    std::string hear(Dialogue& dialogue, const Dissected& packet, Way way, Time time);
    void account(Dialogue& dialogue);

    Limits limits_;
    Fragments fragments_;
    std::vector<std::unique_ptr<Dialogue>> all_;
    std::unordered_map<std::string, Dialogue*> by_ends_;
    std::list<Dialogue*> recent_;  // the latest first
    std::size_t remembered_ = 0;
};

}  // namespace nettool::proto
