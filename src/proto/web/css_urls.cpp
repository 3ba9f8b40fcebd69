#include "nettool/proto/web/css_urls.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"

#include <cstdint>

namespace nettool::proto {
namespace {

constexpr std::string_view blanks = " \t\n\r\f";

bool is_blank(char c) { return blanks.find(c) != blanks.npos; }
bool is_line_end(char c) { return c == '\n' || c == '\r' || c == '\f'; }

bool is_name_byte(char c) {
    return is_ascii_digit(c) || is_ascii_letter(c) || c == '-' || c == '_' || (c & 0x80) != 0;
}

class Scanner {
public:
    explicit Scanner(std::string_view css) : css_(css) {}

    std::vector<CssUrl> urls;

    void run() {
        while (at_ < css_.size()) step();
    }

private:
    enum class Rule { none, import, fonts, other };

    char here() const { return at_ < css_.size() ? css_[at_] : '\0'; }
    bool comes(std::string_view text) const { return css_.substr(at_, text.size()) == text; }

    void step() {
        const char c = here();
        if (comes("/*")) return skip_comment();
        if (c == '"' || c == '\'') return take_string();
        if (c == '@') return begin_rule();
        if (is_name_byte(c) || c == '\\') return take_name();
        ++at_;
        if (c == '(') functions_.push_back(false);
        if (c == ')' && !functions_.empty()) functions_.pop_back();
        if (c == '{') open_block();
        if (c == '}') close_block();
        if (c == ';') end_declaration();
    }

    void skip_comment() {
        const auto end = css_.find("*/", at_ + 2);
        at_ = end == css_.npos ? css_.size() : end + 2;
    }

    void begin_rule() {
        ++at_;
        const auto name = ascii_lowered(name_here());
        rule_ = name == "import"      ? Rule::import
                : name == "font-face" ? Rule::fonts
                : name.empty()        ? Rule::none
                                      : Rule::other;
        if (name == "namespace") rule_ = Rule::fonts;
    }

    void open_block() {
        ++depth_;
        if (rule_ == Rule::fonts && fonts_depth_ == 0) fonts_depth_ = depth_;
        rule_ = Rule::none;
    }

    void close_block() {
        if (depth_ == fonts_depth_) fonts_depth_ = 0;
        if (depth_ > 0) --depth_;
        end_declaration();
    }

    void end_declaration() {
        rule_ = Rule::none;
        functions_.clear();
    }

    std::string name_here() {
        std::string name;
        while (at_ < css_.size() && (is_name_byte(here()) || here() == '\\')) {
            if (here() == '\\' && at_ + 1 < css_.size() && is_line_end(css_[at_ + 1])) break;
            if (here() == '\\')
                append_escape(name);
            else
                name += css_[at_++];
        }
        return name;
    }

    void take_name() {
        const auto begin = at_;
        const auto name = ascii_lowered(name_here());
        if (at_ == begin) ++at_;  // a backslash before a line end
        if (here() != '(') return;
        ++at_;
        if (name == "url") return take_url();
        functions_.push_back(name == "image-set" || name == "-webkit-image-set");
    }

    void take_url() {
        skip_white_space();
        if (here() == '"' || here() == '\'') {
            const auto text = string_here();
            skip_to_parenthesis();
            return add(text);
        }
        std::string text;
        while (at_ < css_.size() && here() != ')') {
            const char c = here();
            if (is_blank(c)) {
                skip_white_space();
                if (here() == ')' || at_ == css_.size()) break;
                return skip_to_parenthesis();  // a bad url() is thrown away
            }
            if (c == '"' || c == '\'' || c == '(') return skip_to_parenthesis();
            if (c == '\\')
                append_escape(text);
            else
                text += css_[at_++];
        }
        if (at_ < css_.size()) ++at_;
        add(text);
    }

    // In url() a comment is none.
    void skip_white_space() {
        while (at_ < css_.size() && is_blank(here())) ++at_;
    }

    void skip_to_parenthesis() {
        std::string ignored;
        while (at_ < css_.size() && here() != ')') {
            if (here() == '\\')
                append_escape(ignored);
            else
                ++at_;
        }
        if (at_ < css_.size()) ++at_;
    }

    void take_string() {
        const bool lists_images = !functions_.empty() && functions_.back();
        const auto text = string_here();
        if (rule_ == Rule::import || lists_images) add(text);
    }

    std::string string_here() {
        const char quote = css_[at_++];
        std::string text;
        while (at_ < css_.size() && here() != quote && !is_line_end(here())) {
            if (here() == '\\')
                append_escape(text);
            else
                text += css_[at_++];
        }
        if (here() == quote) ++at_;
        return text;
    }

    // §4.3.7: up to six digits and one blank behind them, a line end that is continued, or any
    // other byte.
    void append_escape(std::string& text) {
        ++at_;
        if (at_ == css_.size()) return;
        std::uint32_t code = 0;
        unsigned digits = 0;
        constexpr unsigned most_digits = 6;
        for (; digits < most_digits && hex_value(here()) >= 0; ++digits)
            code = code * 16 + static_cast<std::uint32_t>(hex_value(css_[at_++]));
        if (digits == 0) {
            const bool continues = is_line_end(here());
            if (!continues) text += here();
            at_ += continues && comes("\r\n") ? 2 : 1;
            return;
        }
        append_utf8(text, code);
        if (is_blank(here())) at_ += comes("\r\n") ? 2 : 1;
    }

    void add(const std::string& text) {
        const bool is_import = rule_ == Rule::import;
        if (is_import) rule_ = Rule::other;  // what follows are conditions
        if (text.empty() || text.starts_with('#') || fonts_depth_ > 0 || rule_ == Rule::fonts)
            return;
        urls.push_back({is_import ? CssUrl::Kind::import : CssUrl::Kind::image, text});
    }

    std::string_view css_;
    std::size_t at_ = 0;
    Rule rule_ = Rule::none;
    std::size_t depth_ = 0;
    std::size_t fonts_depth_ = 0;  // zero: in no such block
    std::vector<bool> functions_;  // that are open; whether its strings are URLs
};

}  // namespace

std::vector<CssUrl> css_urls(std::string_view css) {
    Scanner scanner(css);
    scanner.run();
    return std::move(scanner.urls);
}

}  // namespace nettool::proto
