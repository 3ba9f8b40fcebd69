#include "nettool/cli/secret_prompt.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/unique_descriptor.hpp"
#include "nettool/net/descriptor.hpp"
#include "nettool/net/line_reader.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <fcntl.h>
#include <termios.h>

namespace nettool::cli {
namespace {

constexpr std::size_t longest_secret = 64UL * 1024;

// As long as this lives, what is typed is not shown.
class Silence {
public:
    explicit Silence(int terminal) : terminal_(terminal) {
        known_ = ::tcgetattr(terminal_, &before_) == 0;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silent.c_lflag |= ECHONL;
        if (known_) ::tcsetattr(terminal_, TCSAFLUSH, &silent);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    ~Silence() {
        if (known_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }

private:
    int terminal_;
    bool known_;
    termios before_{};
};

}  // namespace

awaitable<std::string> ask_secret(Context& context, std::string prompt) {
    // Standard input may be the message.
    const UniqueDescriptor terminal(::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (!terminal) throw Failure(Fault::local, "there is no terminal to ask at");
    net::Descriptor input(context.executor, terminal.get());
    net::LineReader lines(input, longest_secret);
    const Silence silence(terminal.get());
    context.log.sink().write(prompt);
    auto line = co_await lines.next();
    if (line.error() == asio::error::operation_aborted)
        throw boost::system::system_error(line.error());
    if (!line || line->empty()) throw Failure(Fault::local, "nothing was typed");
    co_return *std::move(line);
}

}  // namespace nettool::cli
