#pragma once
// The options that every command has.

#include "nettool/cli/command.hpp"
#include "nettool/seeing/text_tap.hpp"

#include <optional>

namespace nettool::cli {

enum class Color { automatic, always, never };

struct CommonOptions {
    bool help = false;
    bool json = false;
    bool quiet = false;
    bool verbose = false;
    Color color = Color::automatic;
    std::optional<seeing::TextTap::Style> trace;
    std::string pcap;
    bool pcap_no_keys = false;
    std::optional<FilterKind> print_filter;

    void declare(OptionSet& options);
    Log::Level level() const;
};

}  // namespace nettool::cli
