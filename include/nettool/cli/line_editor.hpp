#pragma once
// Lines typed at a terminal, edited by libedit, which stay whole when something else is printed.

#include "nettool/base/asio.hpp"

#include <functional>
#include <memory>
#include <string>

namespace nettool::cli {

/// Takes the terminal for itself until it is destroyed.
class LineEditor {
public:
    LineEditor(asio::any_io_executor executor, int terminal, std::string prompt);
    LineEditor(const LineEditor&) = delete;
    LineEditor& operator=(const LineEditor&) = delete;
    ~LineEditor();

    /// The next line without LF; asio::error::eof when the terminal or its user ends it.
    awaitable<result<std::string>> next();

    /// Takes the half-typed line away, lets `print` write, and puts it back below.
    void interrupt(const std::function<void()>& print);

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace nettool::cli
