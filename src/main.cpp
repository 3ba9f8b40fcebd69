// nettool COMMAND [OPTIONS]: finds the command, runs it on one io_context, turns signals into
// cancellation.

#include "nettool/base/text.hpp"
#include "nettool/cli/manual.hpp"
#include "nettool/cli/runner.hpp"
#include "nettool/cli/suggestion.hpp"
#include "nettool/cli/table.hpp"
#include "nettool/cli/version.hpp"
#include "nettool/cli/workers.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <climits>
#include <csignal>
#include <cstdlib>

#include <unistd.h>

namespace nettool {
namespace {

using cli::ExitCode;
using namespace std::chrono_literals;

constexpr int signal_base = 128;  // a shell's status of a program that a signal ended

// Set by the signal itself, for the writer that stands before a full pipe while no loop can run.
std::atomic<bool> signalled = false;
static_assert(std::atomic<bool>::is_always_lock_free);

// Puts itself before the handler that Asio has installed.
class SignalNote {
public:
    static void install(int number) {
        struct sigaction action {};
        ::sigaction(number, nullptr, &action);
        next = action.sa_handler;
        action.sa_handler = &SignalNote::take;
        ::sigaction(number, &action, nullptr);
    }

private:
    static void take(int number) {
        signalled = true;
        next(number);
    }

    static inline void (*next)(int) = SIG_IGN;  // one and the same for every signal
};

// First signal: finish (total).  Two seconds later: drop everything (terminal).  Second signal:
// die, also when the command's strand is too busy to hear of the first.
class Stopper {
public:
    Stopper(asio::io_context& io, const asio::any_io_executor& strand,
            asio::cancellation_signal& stop)
        : strand_(strand),
          own_strand_(asio::make_strand(io)),
          signals_(own_strand_, SIGINT, SIGTERM),
          grace_(strand),
          stop_(stop) {
        for (const int number : {SIGINT, SIGTERM}) SignalNote::install(number);
        signals_.async_wait([this](error_code ec, int signal) {
            if (ec) return;
            signals_.async_wait([](error_code none, int) {
                if (!none) std::_Exit(static_cast<int>(ExitCode::interrupted));
            });
            asio::post(strand_, [this, signal] { finish(signal); });
        });
    }

    /// Lets the io_context run out of work.
    void dismiss() {
        dismissed_ = true;
        asio::post(own_strand_, [this] { signals_.cancel(); });
        grace_.cancel();
    }

    /// From any thread: nobody reads the results any more.
    void drop_everything() {
        asio::post(strand_, [this] { stop_.emit(asio::cancellation_type::terminal); });
    }

    int signal() const { return signal_; }

private:
    void finish(int signal) {
        signal_ = signal;
        if (dismissed_) return;
        grace_.expires_after(2s);
        grace_.async_wait([this](error_code ec) {
            if (!ec) stop_.emit(asio::cancellation_type::terminal);
        });
        stop_.emit(asio::cancellation_type::total);  // last: it may end the command at once
    }

    asio::any_io_executor strand_;
    asio::any_io_executor own_strand_;
    asio::signal_set signals_;
    asio::steady_timer grace_;
    asio::cancellation_signal& stop_;
    int signal_ = SIGINT;
    bool dismissed_ = false;
};

std::string own_file() {
    std::string path(PATH_MAX, '\0');
    const auto size = ::readlink("/proc/self/exe", path.data(), path.size());
    path.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return path;
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

// run_command() reports what commands throw: this is about what it throws itself.
std::string reason_of(std::exception_ptr error) try {
    std::rethrow_exception(error);
} catch (const std::exception& failure) {
    return failure.what();
} catch (...) {
    return "unknown";
}

int run(const cli::CommandSpec& spec, std::vector<std::string> arguments, cli::Sink& results,
        const cli::Log& log) {
    cli::Output output(results, cli::Output::Format::human);
    asio::io_context io;
    cli::Workers workers(io);
    const asio::any_io_executor strand = asio::make_strand(io);
    cli::Context context(strand, io.get_executor(), output, log);
    context.key_log_file = environment("SSLKEYLOGFILE");
    context.program = own_file();
    context.environment = environment;
    context.no_color = !environment("NO_COLOR").empty();
    context.use_threads = [&workers](unsigned count) { workers.use(count); };
    asio::cancellation_signal stop;
    Stopper stopper(io, strand, stop);
    results.on_failure = [&stopper] { stopper.drop_everything(); };
    ExitCode code = ExitCode::local;

    const auto finished = [&](std::exception_ptr error, ExitCode result) {
        if (!error)
            code = result;
        else
            log.error("internal error: " + reason_of(error));
        stopper.dismiss();
    };
    asio::co_spawn(strand, cli::run_command(spec, std::move(arguments), context),
                   asio::bind_cancellation_slot(stop.slot(), finished));
    workers.run();
    const cli::Log named(log.sink(), log.level(), std::string(spec.name), log.colored());
    code = cli::settled(code, results, named);
    return code == ExitCode::interrupted ? signal_base + stopper.signal() : static_cast<int>(code);
}

// What stands where the command should: an option of nettool itself, or nothing.
std::string answer_without_command(std::string_view word) {
    if (word.empty() || word == "--help" || word == "-h") return overview(cli::all_commands());
    if (word == "--version" || word == "-V") return cli::version_text();
    std::string names;
    if (word == "--list")
        for (const auto name : cli::command_names()) names.append(name) += '\n';
    return names;
}

std::string unknown_option(std::string_view word) {
    constexpr std::string_view known[] = {"--help", "--list", "--version"};
    const auto near = cli::nearest(word, known);
    return "unknown option '" + escaped(word) + "'" +
           (near.empty() ? "" : "; did you mean '" + near + "'?");
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

int dispatch(std::string_view program, std::vector<std::string> arguments) {
    cli::DescriptorSink results(STDOUT_FILENO, &signalled);
    cli::DescriptorSink diagnostics(STDERR_FILENO, &signalled);
    const cli::Log log(diagnostics, cli::Log::Level::normal, "nettool", false);
    if (const auto* linked = cli::find_command(base_name(program)))
        return run(*linked, std::move(arguments), results, log);
    const std::string word = arguments.empty() ? std::string() : arguments.front();
    if (const auto* spec = cli::find_command(word)) {
        arguments.erase(arguments.begin());
        return run(*spec, std::move(arguments), results, log);
    }
    if (const auto answer = answer_without_command(word); !answer.empty()) {
        results.write(answer);
        return static_cast<int>(cli::settled(ExitCode::ok, results, log));
    }
    log.error((word.starts_with('-') ? unknown_option(word) : cli::unknown_command(word)) +
              "\nTry 'nettool help'.");
    return static_cast<int>(ExitCode::usage);
}

}  // namespace
}  // namespace nettool

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    if (argc < 1) return static_cast<int>(nettool::cli::ExitCode::usage);
    return nettool::dispatch(argv[0], {argv + 1, argv + argc});
}
