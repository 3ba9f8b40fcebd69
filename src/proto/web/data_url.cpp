#include "nettool/proto/web/data_url.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/percent.hpp"

namespace nettool::proto {
namespace {

std::string_view without_white_space(std::string_view text) {
    constexpr std::string_view blanks = " \t\n\f\r";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// Takes `;base64` off the end.
bool take_base64(std::string_view& type) {
    constexpr std::string_view mark = ";base64";
    if (type.size() < mark.size()) return false;
    if (!equal_ignoring_case(type.substr(type.size() - mark.size()), mark)) return false;
    type.remove_suffix(mark.size());
    return true;
}

}  // namespace

std::optional<DataUrl> read_data_url(const Url& url) {
    if (url.scheme != "data") return std::nullopt;
    auto text = url.path;
    if (url.query) text.append("?").append(*url.query);
    const auto comma = text.find(',');
    if (comma == text.npos) return std::nullopt;
    auto type_text = without_white_space(std::string_view(text).substr(0, comma));
    DataUrl data;
    data.body = percent_decoded_leniently(std::string_view(text).substr(comma + 1));
    if (take_base64(type_text)) {
        auto decoded = base64_decoded_leniently(data.body);
        if (!decoded) return std::nullopt;
        data.body = *std::move(decoded);
    }
    std::string named(type_text);
    if (named.starts_with(';')) named.insert(0, "text/plain");
    const auto type = parse_mime_type(named);
    data.type = type ? *type : MimeType{"text/plain", {{"charset", "US-ASCII"}}};
    return data;
}

}  // namespace nettool::proto
