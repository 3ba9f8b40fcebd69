#pragma once
// A result as the line that --json writes for it, for who sends it elsewhere.

#include "nettool/cli/output.hpp"

#include <string>

namespace nettool::cli {

/// With its LF.
template <Result T>
std::string json_line(const T& result) {
    StringSink line;
    Output(line, Output::Format::json).emit(result);
    return line.text();
}

}  // namespace nettool::cli
