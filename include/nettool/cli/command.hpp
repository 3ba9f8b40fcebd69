#pragma once
// What a nettool command is: a class with declared options and one coroutine.

#include "nettool/base/asio.hpp"
#include "nettool/cli/command_spec.hpp"
#include "nettool/cli/log.hpp"
#include "nettool/cli/options.hpp"
#include "nettool/cli/output.hpp"
#include "nettool/net/tap.hpp"

#include <functional>
#include <optional>
#include <string>

namespace nettool::cli {

enum class ExitCode {
    ok = 0,
    refused = 1,  // the peer said no
    usage = 2,
    network = 3,  // name, connect, TLS, time-out
    local = 4,    // file, disk, bind; or a peer that breaks the protocol
    interrupted = 130,
};

enum class FilterKind { display, capture };

/// The world as a command may touch it; owned by whoever runs the command, and outlives run().
struct Context {
    Context(asio::any_io_executor strand, asio::any_io_executor bare, Output& results,
            const Log& diagnostics)
        : executor(std::move(strand)), pool(std::move(bare)), out(results), log(diagnostics) {}

    /// The same world with other places to write to, for a command within a command.
    Context(const Context& outer, Output& results, const Log& diagnostics)
        : executor(outer.executor),
          pool(outer.pool),
          out(results),
          log(diagnostics),
          input(outer.input),
          taps(outer.taps),
          key_log_file(outer.key_log_file),
          program(outer.program),
          environment(outer.environment),
          no_color(outer.no_color),
          print_filter(outer.print_filter),
          on_listening(outer.on_listening),
          use_threads(outer.use_threads) {}

    asio::any_io_executor executor;  // the command's own strand
    asio::any_io_executor pool;      // the io_context itself, for a strand per connection
    Output& out;                     // results
    const Log& log;                  // diagnostics
    int input = 0;                   // the descriptor of standard input
    net::Taps taps;                  // --trace; called from every connection's strand
    std::string key_log_file;        // SSLKEYLOGFILE
    std::string program;             // the file of this very program
    // A variable of the environment; empty where there is none.
    std::function<std::string(const char*)> environment = [](const char*) { return std::string(); };
    bool no_color = false;                   // NO_COLOR
    std::optional<FilterKind> print_filter;  // instead of any traffic
    std::function<void(const net::Endpoint&)> on_listening = [](const net::Endpoint&) {};
    std::function<void(unsigned)> use_threads = [](unsigned) {};
};

class Command {
public:
    virtual ~Command() = default;
    virtual void declare(OptionSet& options) = 0;
    virtual awaitable<ExitCode> run(Context& context) = 0;
};

template <class C>
std::unique_ptr<Command> make() {
    return std::make_unique<C>();
}

}  // namespace nettool::cli
