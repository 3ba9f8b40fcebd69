#include "nettool/cli/log.hpp"

namespace nettool::cli {
namespace {

std::string line_of(const std::string& prefix, std::string_view color, std::string_view text) {
    std::string line;
    if (!prefix.empty() && !color.empty())
        line.append(color).append(prefix).append(":\x1b[0m ");
    else if (!prefix.empty())
        line.append(prefix).append(": ");
    return line.append(text) += '\n';
}

}  // namespace

void Log::error(std::string_view text) const {
    sink_->write(line_of(prefix_, colored_ ? "\x1b[1;31m" : "", text));
}

void Log::notice(std::string_view text) const {
    if (level_ != Level::quiet) sink_->write(line_of(prefix_, "", text));
}

void Log::detail(std::string_view text) const {
    if (level_ == Level::verbose) sink_->write(line_of(prefix_, "", text));
}

}  // namespace nettool::cli
