#pragma once
// --trace: every message of every connection as text or hex, with time, direction and peer.

#include "nettool/net/tap.hpp"

#include <functional>
#include <string_view>

namespace nettool::seeing {

class TextTap final : public net::Tap {
public:
    enum class Style { text, hex };
    /// Takes whole lines, from any thread.
    using Write = std::function<void(std::string_view)>;

    TextTap(Style style, bool colored, Write write)
        : style_(style), colored_(colored), write_(std::move(write)) {}

    void observe(const net::Event& event) noexcept override;

private:
    Style style_;
    bool colored_;
    Write write_;
};

/// The lines for one event; empty for what is not shown.
std::string trace_text(const net::Event& event, TextTap::Style style);

}  // namespace nettool::seeing
