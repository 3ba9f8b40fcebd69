#include "nettool/proto/classroom/sum.hpp"

#include "nettool/base/text.hpp"

#include <algorithm>

namespace nettool::proto {
namespace {

// C programs send their whole buffer, NULs and all.
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0'; }

bool ends_word(char c) { return c == '|' || is_blank(c); }

template <typename Predicate>
std::string_view prefix_until(std::string_view text, Predicate predicate) {
    const auto end = std::find_if(text.begin(), text.end(), predicate);
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

std::string_view blanks_of(std::string_view text) {
    return prefix_until(text, [](char c) { return !is_blank(c); });
}

}  // namespace

void SumDialog::feed(std::string_view bytes) {
    while (!bytes.empty() && !failed()) bytes.remove_prefix(take_some(bytes));
}

void SumDialog::pause() {
    if (undecided()) end_sloppy_list();
}

void SumDialog::end() {
    pause();
    if (!failed() && !idle()) fail("list not ended with \".\"");
}

std::size_t SumDialog::take_some(std::string_view bytes) {
    const char c = bytes.front();
    if (is_blank(c)) return take_blanks(bytes);
    if (c != '|' && (c != '.' || !token_.empty())) return take_word(bytes);
    if (c == '|')
        take_token();
    else
        end_list(bytes.substr(1));
    return 1;
}

std::size_t SumDialog::take_blanks(std::string_view bytes) {
    const auto blanks = blanks_of(bytes);
    const bool lf = blanks.find('\n') != blanks.npos;
    lf_came_ = lf_came_ || lf;
    if (lf && undecided()) end_sloppy_list();
    spaced_ = !token_.empty();
    return blanks.size();
}

// A number that came whole, as nearly all do, is added where it lies.
std::size_t SumDialog::take_word(std::string_view bytes) {
    const auto word = prefix_until(bytes, ends_word);
    const auto rest = bytes.substr(word.size());
    if (!token_.empty() || !rest.starts_with('|')) {
        hold(word);
        return word.size();
    }
    take_number(word);
    return word.size() + 1;
}

void SumDialog::hold(std::string_view word) {
    // One character more may be held if it may be the final `.` and no part of the number.
    const auto size =
        token_.size() + (spaced_ ? 1 : 0) + word.size() - (word.ends_with('.') ? 1 : 0);
    if (size > limits_.characters) return fail_too_long();
    if (std::exchange(spaced_, false)) token_ += ' ';  // no number, but say so when it is whole
    token_ += word;
}

void SumDialog::take_token() {
    take_number(token_);
    token_.clear();
    spaced_ = false;
}

void SumDialog::take_number(std::string_view number) {
    if (number.size() > limits_.characters) return fail_too_long();
    if (numbers_ == limits_.numbers)
        return fail("more than " + std::to_string(limits_.numbers) + " numbers");
    ++numbers_;
    if (!sum_.add(number))
        fail("number " + std::to_string(numbers_) + " is not a number: " + quoted(number));
}

void SumDialog::end_list(std::string_view rest) {
    const bool lf_follows = blanks_of(rest).find('\n') != rest.npos;
    answer(std::exchange(sum_, {}).text(), lf_came_ || lf_follows);
    numbers_ = 0;
    ++answered_;
}

void SumDialog::end_sloppy_list() {
    token_.pop_back();
    if (token_.ends_with(' ')) token_.pop_back();  // `3 .`
    take_token();
    if (!failed()) end_list({});
}

void SumDialog::answer(std::string_view text, bool with_lf) {
    if (lf_owed_) reply_ += '\n';
    reply_ += text;
    if (with_lf) reply_ += '\n';
    lf_owed_ = !with_lf;
}

void SumDialog::fail(std::string_view why) {
    answer("ERROR: " + std::string(why), true);
    ++refused_;
    token_ = {};
    sum_ = {};
}

void SumDialog::fail_too_long() {
    fail("number " + std::to_string(numbers_ + 1) + " is longer than " +
         std::to_string(limits_.characters) + " characters");
}

std::string sum_request(std::span<const std::string> numbers, bool with_lf) {
    std::string request;
    for (const auto& number : numbers) (request += number) += '|';
    return request + (with_lf ? ".\n" : ".");
}

bool is_sum_reply(std::string_view line) { return is_number(line); }

}  // namespace nettool::proto
