#include "nettool/proto/mail/mail_record.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/base/text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>

namespace nettool::proto {

DialogLine dialog_line(const TranscriptLine& line) {
    DialogLine written;
    written.number = line.number;
    written.time = rfc3339(line.time);
    written.speaker = line.speaker;
    written.text = line.text;
    written.meaning = line.meaning;
    written.source = line.source;
    return written;
}

std::string dialog_text(const DialogLine& line, std::string_view label) {
    constexpr std::size_t time_begin = 11;  // of `2026-11-29T10:00:00.123456Z`
    constexpr std::size_t time_size = 12;   // up to the milliseconds
    auto text = line.time;
    if (text.size() > time_begin + time_size) text = text.substr(time_begin, time_size);
    append_joined(text, " ", label);
    text += " " + line.speaker + ": " + escaped(line.text);
    if (line.meaning.empty()) return text;
    constexpr std::size_t column = 64;
    text.resize(std::max(text.size() + 2, column), ' ');
    return text + "# " + line.meaning + " (" + line.source + ")";
}

std::string to_json(const MailRecord& record) {
    return json_safe(boost::json::serialize(boost::json::value_from(record))) + "\n";
}

std::optional<MailRecord> parse_mail_record(std::string_view json) {
    boost::system::error_code ec;
    const auto value = boost::json::parse(json, ec);
    if (ec) return std::nullopt;
    auto record = boost::json::try_value_to<MailRecord>(value);
    if (!record) return std::nullopt;
    return *std::move(record);
}

}  // namespace nettool::proto
