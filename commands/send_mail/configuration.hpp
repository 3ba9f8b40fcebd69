#pragma once
// A file of options, a `name = value` on each line.

#include "nettool/cli/options.hpp"

#include <string>
#include <vector>

namespace nettool::commands {

struct Configuration {
    struct Setting {
        std::string name, value;
        std::string origin;  // `FILE:LINE: `, to begin a message with
    };
    std::vector<Setting> settings;
    bool others_can_read = false;
};

/// Empty lines and those that begin with `#` are left out.  Throws Failure (local) for the file,
/// UsageError for a line.
Configuration read_configuration(const std::string& path);

}  // namespace nettool::commands
