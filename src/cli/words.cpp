#include "nettool/cli/words.hpp"

#include "nettool/base/text.hpp"
#include "nettool/cli/options.hpp"

namespace nettool::cli {
namespace {

class Splitter {
public:
    explicit Splitter(std::string_view line) : line_(line) {}

    std::vector<std::string> run() {
        for (; at_ < line_.size(); ++at_) take(line_[at_]);
        end_word();
        return std::move(words_);
    }

private:
    void take(char c) {
        if (c == ' ' || c == '\t' || c == '\n') return end_word();
        begun_ = true;
        if (c == '\'') return take_verbatim();
        if (c == '"') return take_quoted();
        if (c == '\\' && at_ + 1 < line_.size()) c = line_[++at_];
        word_ += c;
    }

    void take_verbatim() {
        const auto end = line_.find('\'', at_ + 1);
        if (end == line_.npos) refuse();
        word_ += line_.substr(at_ + 1, end - at_ - 1);
        at_ = end;
    }

    void take_quoted() {
        for (++at_; at_ < line_.size() && line_[at_] != '"'; ++at_) {
            const bool escape = line_[at_] == '\\' && at_ + 1 < line_.size() &&
                                std::string_view("\"\\$`").find(line_[at_ + 1]) != line_.npos;
            if (escape) ++at_;
            word_ += line_[at_];
        }
        if (at_ == line_.size()) refuse();
    }

    void end_word() {
        if (begun_) words_.push_back(std::move(word_));
        word_.clear();
        begun_ = false;
    }

    [[noreturn]] void refuse() const {
        throw UsageError("a quote does not end: " + quoted(line_, 200));
    }

    std::string_view line_;
    std::size_t at_ = 0;
    std::string word_;
    bool begun_ = false;
    std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> split_words(std::string_view line) { return Splitter(line).run(); }

}  // namespace nettool::cli
