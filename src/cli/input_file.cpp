#include "nettool/cli/input_file.hpp"

#include "nettool/base/failure.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <fcntl.h>

namespace nettool::cli {
namespace {

constexpr std::string_view standard_input = "-";

int opened(const std::string& path) {
    if (path == standard_input) return -1;
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw Failure(Fault::local, "read " + path, last_error());
    return descriptor;
}

}  // namespace

InputFile::InputFile(const Context& context, const std::string& path)
    : name_(path == standard_input ? "standard input" : path),
      own_(opened(path)),
      descriptor_(context.executor, own_ ? own_.get() : context.input) {}

awaitable<std::size_t> InputFile::read(asio::mutable_buffer buffer) {
    const auto size = co_await descriptor_.read(buffer);
    if (size.error() == asio::error::eof) co_return 0;
    if (size.error() == asio::error::operation_aborted)
        throw boost::system::system_error(size.error());
    if (!size) throw Failure(Fault::local, "read " + name_, size.error());
    co_return *size;
}

}  // namespace nettool::cli
