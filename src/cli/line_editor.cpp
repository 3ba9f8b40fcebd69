#include "nettool/cli/line_editor.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>

#include <fcntl.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <sys/ioctl.h>

namespace nettool::cli {
namespace {

// Of this thread and for this while: the process itself has no locale, for its start is quick.
class Utf8Locale {
public:
    Utf8Locale() : own_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (own_) before_ = ::uselocale(own_);
    }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;
    ~Utf8Locale() {
        if (!own_) return;
        ::uselocale(before_);
        ::freelocale(own_);
    }

private:
    locale_t own_;
    locale_t before_{};
};

std::FILE* open_terminal(int terminal, const char* mode, int flags) {
    const auto path = "/proc/self/fd/" + std::to_string(terminal);
    const int own = ::open(path.c_str(), flags | O_NOCTTY | O_CLOEXEC);
    return own < 0 ? nullptr : ::fdopen(own, mode);
}

std::size_t columns_of(std::FILE* terminal) {
    winsize size{};
    const bool known = ::ioctl(::fileno(terminal), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

std::size_t characters(const char* begin, const char* end) {
    return static_cast<std::size_t>(
        std::count_if(begin, end, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

class LineEditor::State {
public:
    State(asio::any_io_executor executor, int terminal, std::string prompt)
        : prompt_(std::move(prompt)),
          in_(open_terminal(terminal, "r", O_RDONLY)),
          out_(open_terminal(terminal, "w", O_WRONLY)),
          ready_(executor) {
        if (!in_ || !out_) return;
        const Utf8Locale utf8;
        ready_.assign(::fileno(in_));
        editor_ = ::el_init("nettool", in_, out_, out_);
        if (!editor_) return;
        ::el_set(editor_, EL_CLIENTDATA, this);
        ::el_set(editor_, EL_PROMPT, &State::prompt);
        ::el_set(editor_, EL_EDITOR, "emacs");
        ::el_set(editor_, EL_SIGNAL, 0);
        history_ = ::history_init();
        HistEvent event;
        constexpr int most_lines = 100;
        ::history(history_, &event, H_SETSIZE, most_lines);
        ::el_set(editor_, EL_HIST, history, history_);
        ::el_set(editor_, EL_UNBUFFERED, 1);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    ~State() {
        const Utf8Locale utf8;
        if (editor_) {
            clear();
            ::el_set(editor_, EL_UNBUFFERED, 0);
            ::el_end(editor_);
            ::history_end(history_);
        }
        if (in_) ready_.release();
        if (in_) std::fclose(in_);
        if (out_) std::fclose(out_);
    }

    bool works() const { return editor_ != nullptr; }
    asio::posix::stream_descriptor& ready() { return ready_; }

    bool has_input() const {
        pollfd entry{::fileno(in_), POLLIN, 0};
        return ::poll(&entry, 1, 0) > 0;
    }

    /// Takes one key; the line, if that ended it.
    result<std::optional<std::string>> take_key() {
        const Utf8Locale utf8;
        ::el_resize(editor_);
        int count = 0;
        const char* text = ::el_gets(editor_, &count);
        if (!text || count <= 0) return error_code(asio::error::eof);
        constexpr char end_of_file = 4;
        if (count == 1 && text[0] == end_of_file) return error_code(asio::error::eof);
        const char last = text[count - 1];
        if (last != '\n' && last != '\r') return std::optional<std::string>();
        std::string line(text, static_cast<std::size_t>(count) - 1);
        HistEvent event;
        if (!line.empty()) ::history(history_, &event, H_ENTER, line.c_str());
        // The editor begins a new line only when it is told that the last one has been taken.
        ::el_set(editor_, EL_UNBUFFERED, 0);
        ::el_set(editor_, EL_UNBUFFERED, 1);
        return std::optional(std::move(line));
    }

    void interrupt(const std::function<void()>& print) {
        const Utf8Locale utf8;
        ::el_resize(editor_);
        clear();
        print();
        ::el_set(editor_, EL_REFRESH);
        std::fflush(out_);
    }

private:
    static char* prompt(EditLine* editor) {
        State* self = nullptr;
        ::el_get(editor, EL_CLIENTDATA, &self);
        return self->prompt_.data();
    }

    // The line may be longer than the terminal is wide.
    void clear() {
        const auto* line = ::el_line(editor_);
        const auto cursor = prompt_.size() + characters(line->buffer, line->cursor);
        if (const auto rows = cursor / columns_of(out_); rows > 0)
            std::fprintf(out_, "\x1b[%zuA", rows);
        std::fputs("\r\x1b[J", out_);
        std::fflush(out_);
    }

    std::string prompt_;
    std::FILE* in_;
    std::FILE* out_;
    asio::posix::stream_descriptor ready_;
    EditLine* editor_ = nullptr;
    History* history_ = nullptr;
};

LineEditor::LineEditor(asio::any_io_executor executor, int terminal, std::string prompt)
    : state_(std::make_unique<State>(std::move(executor), terminal, std::move(prompt))) {}

LineEditor::~LineEditor() = default;

awaitable<result<std::string>> LineEditor::next() {
    if (!state_->works()) co_return error_code(asio::error::bad_descriptor);
    for (;;) {
        while (state_->has_input()) {
            auto line = state_->take_key();
            if (!line) co_return line.error();
            if (*line) co_return **std::move(line);
        }
        const auto [ec] =
            co_await state_->ready().async_wait(asio::posix::descriptor_base::wait_read, no_throw);
        if (ec) co_return ec;
    }
}

void LineEditor::interrupt(const std::function<void()>& print) {
    if (!state_->works()) return print();
    state_->interrupt(print);
}

}  // namespace nettool::cli
