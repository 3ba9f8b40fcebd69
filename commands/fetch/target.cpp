#include "target.hpp"

#include "nettool/base/failure.hpp"

namespace nettool::commands {
namespace {

constexpr auto note_name = "source";

}  // namespace

Target::Target(cli::Output& out, const std::string& path, const std::string& url, bool resume)
    : out_(out) {
    if (path == "-") return;
    file_.emplace(path, WholeFile::Options{WholeFile::Existing::replace, resume});
    if (!resume) return;
    const auto note = file_->note(note_name);
    const auto left = file_->left();
    const auto end = note.find('\n');
    if (left && end != note.npos && note.substr(0, end) == url) {
        source_ = {url, note.substr(end + 1)};
        size_ = resumed_ = left->bytes;
    } else if (left) {
        file_->restart();
    }
}

Target::~Target() {
    if (finished_ || !keeps()) return;
    try {
        file_->leave();
    } catch (const Failure&) {
        return;  // what could not be kept is not
    }
}

void Target::begin(Source source) {
    source_ = std::move(source);
    if (!file_) return;
    const bool lasts = !source_.validator.empty();
    file_->set_note(note_name, lasts ? source_.url + "\n" + source_.validator : std::string());
}

void Target::restart() {
    if (file_) file_->restart();
    size_ = resumed_ = 0;
}

void Target::read_left(const std::function<void(std::string_view)>& sink) const {
    if (file_ && size_ > 0) file_->read_left(sink);
}

void Target::write(std::string_view bytes) {
    size_ += bytes.size();
    if (file_) return file_->write(bytes);
    if (!out_.sink().is_terminal()) return out_.write(bytes);
    std::string text(bytes);
    for (auto at = text.find("\r\n"); at != text.npos; at = text.find("\r\n", at))
        text.erase(at, 1);
    out_.write(escaper_.feed(text));
}

void Target::finish() {
    finished_ = true;
    if (!file_) return out_.write(escaper_.flush());
    file_->set_note(note_name, "");
    file_->commit();
}

}  // namespace nettool::commands
