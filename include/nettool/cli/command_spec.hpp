#pragma once
// The entry of a command in the table: all that is known of it before it is made.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::cli {

class Command;

struct Example {
    std::string_view command_line;  // as typed into a shell
    std::string_view purpose;       // lower case, no full stop
};

/// One kind of result as --json writes it; made by described<T…>() of cli/output.hpp.
struct ResultSpec {
    std::string_view event;
    std::vector<std::string_view> keys;  // behind "event", in the order they are written
};

struct CommandSpec {
    std::string_view name;
    std::string_view group;    // heading in the overview
    std::string_view summary;  // one line, lower case, no full stop
    std::string_view details;  // paragraphs for --help and the manual
    std::span<const Example> examples;
    std::vector<ResultSpec> (*results)();
    std::unique_ptr<Command> (*make)();
};

}  // namespace nettool::cli
