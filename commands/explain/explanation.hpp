#pragma once
// The packets of one capture, told as ladders, as a page or as JSON.

#include "nettool/base/spool.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/proto/wire/capture_reader.hpp"
#include "nettool/proto/wire/conversations.hpp"
#include "nettool/seeing/packet_report.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nettool::commands {

class Explanation {
public:
    enum class Form { ladder, page, json };
    struct Choice {
        Form form = Form::ladder;
        std::uint64_t only = 0;  // the number of a conversation; 0: all
        std::size_t max_conversations = proto::Conversations::Limits{}.conversations;
    };

    Explanation(cli::Context& context, std::string file, const Choice& choice);

    void add(const proto::CapturedPacket& packet);
    /// Writes what has been waiting for more of its kind.
    void flush();
    /// Writes the rest.
    void finish();

    /// Whether the only one that is wanted was there.
    bool found() const noexcept {
        return choice_.only == 0 || choice_.only <= conversations_.all().size();
    }
    std::size_t conversations() const noexcept { return conversations_.all().size(); }

private:
    using Told = proto::Conversations::Told;

    bool is_wanted(const proto::Dialogue& dialogue) const noexcept {
        return choice_.only == 0 || choice_.only == dialogue.number();
    }
    void tell(const proto::CapturedPacket& packet, const Told& told, double relative_s);
    void tell_rest(const proto::Dialogue& dialogue);
    std::string others() const;

    cli::Context& context_;
    std::string file_;
    Choice choice_;
    proto::Conversations conversations_;
    std::optional<std::chrono::nanoseconds> first_;
    Spool spool_;
    std::vector<std::optional<Spool::Text>> texts_;  // of each conversation
    std::vector<seeing::PacketReport> waiting_;
    std::uint64_t foreign_ = 0, fragments_ = 0, beyond_limit_ = 0;
};

}  // namespace nettool::commands
