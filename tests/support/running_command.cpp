#include "support/running_command.hpp"

#include "nettool/cli/runner.hpp"
#include "nettool/cli/table.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>

#include <csignal>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

namespace nettool::test {

using namespace std::chrono_literals;

namespace {

// Only for a test that hangs: on a loaded machine, under the thread sanitizer, whole files take
// long.
constexpr auto patience = 30s;

const cli::CommandSpec& spec_of(std::string_view name) {
    const auto* spec = cli::find_command(name);
    if (!spec) throw std::invalid_argument("no such command: " + std::string(name));
    return *spec;
}

// A file without a name that holds the text.
int file_with(std::string_view text) {
    const int descriptor = ::memfd_create("input", MFD_CLOEXEC);
    if (::write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("cannot write the input");
    ::lseek(descriptor, 0, SEEK_SET);
    return descriptor;
}

}  // namespace

RunningCommand::RunningCommand(std::string_view name, std::vector<std::string> arguments,
                               cli::Output::Format format, std::string input)
    : RunningCommand(spec_of(name), std::move(arguments), format, std::move(input)) {}

RunningCommand::RunningCommand(const cli::CommandSpec& spec, std::vector<std::string> arguments,
                               cli::Output::Format format, std::string input)
    : strand_(asio::make_strand(io_)),
      output_(results_, format),
      context_(strand_, io_.get_executor(), output_, log_) {
    std::signal(SIGPIPE, SIG_IGN);  // as main does: sendfile(2) cannot be told to be silent
    context_.input = file_with(input);
    context_.program = "/proc/self/exe";
    context_.use_threads = [this](unsigned count) { workers_.use(count); };
    context_.on_listening = [this](const net::Endpoint& endpoint) { announce(endpoint); };
    auto command = cli::run_command(spec, std::move(arguments), context_);
    exit_code_ =
        asio::co_spawn(strand_, std::move(command),
                       asio::bind_cancellation_slot(stop_signal_.slot(), asio::use_future));
    thread_ = std::jthread([this] { workers_.run(); });
}

void RunningCommand::announce(const net::Endpoint& endpoint) {
    const std::lock_guard lock(mutex_);
    endpoints_.push_back(endpoint);
    announced_.notify_one();
}

net::Endpoint RunningCommand::endpoint() {
    std::unique_lock lock(mutex_);
    if (!announced_.wait_for(lock, 5s, [this] { return !endpoints_.empty(); }))
        throw std::runtime_error("the command never listened: " + log());
    auto endpoint = endpoints_.front();
    endpoints_.erase(endpoints_.begin());
    return endpoint;
}

RunningCommand::~RunningCommand() {
    if (exit_code_.valid()) stop();
    ::close(context_.input);
}

cli::ExitCode RunningCommand::stop(asio::cancellation_type how) {
    asio::post(strand_, [this, how] { stop_signal_.emit(how); });
    return wait();
}

cli::ExitCode RunningCommand::wait() {
    const auto code = exit_code_.get();
    thread_.join();  // the io_context has run out of work: nothing is left suspended
    return code;
}

void RunningCommand::wait_for_output(std::string_view text) const {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (output().find(text) == std::string::npos && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(1ms);
    if (output().find(text) == std::string::npos)
        throw std::runtime_error("never in the output: " + std::string(text));
}

Outcome run_to_end(std::string_view name, std::vector<std::string> arguments, std::string input,
                   cli::Output::Format format) {
    RunningCommand command(name, std::move(arguments), format, std::move(input));
    const auto code = command.wait();
    return {code, command.output(), command.log()};
}

LineClient::LineClient(const net::Endpoint& endpoint) {
    stream_.expires_after(patience);
    stream_.connect(endpoint.host, std::to_string(endpoint.port));
}

void LineClient::send(std::string_view text) {
    stream_.expires_after(patience);
    stream_ << text << std::flush;
}

std::string LineClient::receive() {
    stream_.expires_after(patience);
    std::string line;
    std::getline(stream_, line);
    return line;
}

std::string LineClient::receive(std::size_t bytes) {
    stream_.expires_after(patience);
    std::string text(bytes, '\0');
    stream_.read(text.data(), static_cast<std::streamsize>(bytes));
    text.resize(static_cast<std::size_t>(stream_.gcount()));
    return text;
}

std::string LineClient::rest() {
    stream_.expires_after(patience);
    return {std::istreambuf_iterator<char>(stream_), {}};
}

void LineClient::end() {
    error_code ignored;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
}

void LineClient::reset() {
    error_code ignored;
    stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
    stream_.close();
}

ScriptedServer::ScriptedServer(Script script)
    : acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}),
      thread_([this, script = std::move(script)] {
          asio::ip::tcp::iostream stream;
          acceptor_.accept(stream.socket());
          stream.expires_after(patience);
          script(stream);
      }) {}

}  // namespace nettool::test
