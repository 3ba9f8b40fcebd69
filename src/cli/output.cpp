#include "nettool/cli/output.hpp"

#include "nettool/base/text.hpp"

#include <boost/json/serialize.hpp>

namespace nettool::cli {

void Output::write_json(std::string_view event, boost::json::value members) {
    boost::json::object line{{"event", event}};
    if (!member_.empty()) line.emplace("command", member_);
    for (auto& [key, value] : members.as_object()) line.emplace(key, std::move(value));
    sink_->write(json_safe(boost::json::serialize(line)) + '\n');
}

// One write for all of it: a reader on a pipe never sees half a result.
void Output::write_lines(std::string text) {
    text += '\n';
    if (member_.empty()) return sink_->write(text);
    std::string tagged;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin) + 1;
        tagged += member_ + ": " + text.substr(begin, end - begin);
        begin = end;
    }
    sink_->write(tagged);
}

}  // namespace nettool::cli
