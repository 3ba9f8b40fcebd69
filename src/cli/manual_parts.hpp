#pragma once
// What --help and the man page say in the same words.

#include "nettool/cli/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace nettool::cli {

/// `-p, --port N`, `--trace[=text|hex]`.
std::string spelled(const Option& option);

/// The help with the default, if there is one to speak of.
std::string explained(const Option& option);

/// The headings of the options in the order of declaration; the first may be empty.
std::vector<std::string_view> groups_of(const OptionSet& options);

/// What a shell sees of a command that ended.
struct Status {
    std::string_view code;
    std::string_view meaning;
};
inline constexpr Status statuses[] = {
    {"0", "done"},
    {"1", "the peer said no"},
    {"2", "the command line is wrong"},
    {"3", "network: name, connection, TLS or certificate, time-out, connection lost"},
    {"4", "local: file, disk, permission, address in use; or bytes that break the protocol"},
    {"130, 143", "a client was interrupted (SIGINT, SIGTERM)"},
};

}  // namespace nettool::cli
