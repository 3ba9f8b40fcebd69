#pragma once
// Runs a real command in-process, so a test is a script of what a client sends and what it sees.

#include "nettool/cli/command.hpp"
#include "nettool/cli/workers.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nettool::test {

/// A command on its own threads; the destructor stops it the way Ctrl-C would.
class RunningCommand {
public:
    /// `input`: all of its standard input.
    RunningCommand(std::string_view name, std::vector<std::string> arguments,
                   cli::Output::Format format = cli::Output::Format::json, std::string input = {});
    RunningCommand(const cli::CommandSpec& spec, std::vector<std::string> arguments,
                   cli::Output::Format format, std::string input = {});
    ~RunningCommand();

    /// Where the next of its servers listens; waits until it does.
    net::Endpoint endpoint();

    cli::ExitCode stop(asio::cancellation_type how = asio::cancellation_type::all);
    cli::ExitCode wait();  // until it ends by itself
    /// Until `text` is in the output; throws when it does not come.
    void wait_for_output(std::string_view text) const;
    std::string output() const { return results_.text(); }
    std::string log() const { return diagnostics_.text(); }

private:
    void announce(const net::Endpoint& endpoint);

    asio::io_context io_;
    cli::Workers workers_{io_};
    asio::any_io_executor strand_;
    asio::cancellation_signal stop_signal_;
    cli::StringSink results_, diagnostics_;
    cli::Output output_;
    cli::Log log_{diagnostics_, cli::Log::Level::normal, "test", false};
    cli::Context context_;
    std::mutex mutex_;
    std::condition_variable announced_;
    std::vector<net::Endpoint> endpoints_;
    std::future<cli::ExitCode> exit_code_;
    std::jthread thread_;
};

/// A command that ends by itself.
struct Outcome {
    cli::ExitCode code;
    std::string output;
    std::string log;
};
Outcome run_to_end(std::string_view name, std::vector<std::string> arguments,
                   std::string input = {}, cli::Output::Format format = cli::Output::Format::human);

/// A blocking client whose every call gives up after two seconds.
class LineClient {
public:
    explicit LineClient(const net::Endpoint& endpoint);

    void send(std::string_view text);
    std::string receive();                   // one line, or "" at the end of the stream
    std::string receive(std::size_t bytes);  // exactly so many, or fewer at the end
    std::string rest();                      // all until the end of the stream
    void end();                              // half-close
    void reset();                            // RST instead of FIN
    void close() { stream_.close(); }

private:
    asio::ip::tcp::iostream stream_;
};

/// A server that is as naive as a test needs it: accepts one connection and runs the script.
class ScriptedServer {
public:
    using Script = std::function<void(asio::ip::tcp::iostream&)>;

    explicit ScriptedServer(Script script);

    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }

private:
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    std::jthread thread_;
};

}  // namespace nettool::test
