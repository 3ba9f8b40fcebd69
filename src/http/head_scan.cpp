#include "nettool/http/head_scan.hpp"

namespace nettool::http {

namespace {

constexpr std::size_t max_empty_bytes = 8;  // before the start line

}  // namespace

HeadScanner::Progress HeadScanner::scan(std::string_view bytes) {
    for (;;) {
        const auto line_feed = bytes.find('\n', searched_);
        if (line_feed == bytes.npos) {
            searched_ = bytes.size();
            return judge_rest(bytes.size());
        }
        searched_ = line_feed + 1;
        const bool crlf = line_feed > line_begin_ && bytes[line_feed - 1] == '\r';
        if (!crlf && strictness_ == Strictness::strict) return Progress::bad_line_end;
        const bool empty = line_feed == line_begin_ + (crlf ? 1 : 0);
        line_begin_ = line_feed + 1;
        if (empty && start_line_seen_)
            return line_begin_ - begin_ > limits_.head_bytes ? Progress::long_head
                                                             : Progress::whole;
        if (!empty && !start_line_seen_) {
            start_line_seen_ = true;
            if (line_begin_ - begin_ > limits_.start_line_bytes) return Progress::long_start_line;
        }
        if (!start_line_seen_) begin_ = line_begin_;
        if (begin_ > max_empty_bytes) return Progress::bad_line_end;
    }
}

HeadScanner::Progress HeadScanner::judge_rest(std::size_t size) const {
    const auto come = size - begin_;
    if (!start_line_seen_ && come > limits_.start_line_bytes) return Progress::long_start_line;
    return come > limits_.head_bytes ? Progress::long_head : Progress::more;
}

std::string_view take_line(std::string_view& rest) {
    const auto line_feed = rest.find('\n');
    auto line = rest.substr(0, line_feed);
    rest.remove_prefix(line_feed == rest.npos ? rest.size() : line_feed + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

FieldFault split_fields(std::string_view lines, std::size_t max_fields, Strictness strictness,
                        Fields& fields) {
    fields.clear();
    for (auto line = take_line(lines); !line.empty(); line = take_line(lines)) {
        if (line.front() == ' ' || line.front() == '\t') {
            if (strictness == Strictness::strict || fields.size() == 0) return FieldFault::folded;
            continue;
        }
        const auto colon = line.find(':');
        const auto name = line.substr(0, colon);
        if (colon == line.npos || name.empty()) return FieldFault::no_name;
        if (!is_token(name))
            return name.find_first_of(" \t") == name.npos ? FieldFault::no_name
                                                          : FieldFault::blank_before_colon;
        const auto value = without_blanks(line.substr(colon + 1));
        if (!is_field_value(value)) return FieldFault::bad_value;
        if (fields.size() == max_fields) return FieldFault::too_many;
        fields.add({name, value});
    }
    return FieldFault::none;
}

}  // namespace nettool::http
