#include "nettool/proto/web/http_token.hpp"

namespace nettool::proto {

std::string take_quoted_value(std::string_view& text) {
    std::string value;
    std::size_t at = 1;
    for (; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value += text[at];
    }
    text.remove_prefix(std::min(text.find(';', at), text.size()));
    return value;
}

}  // namespace nettool::proto
