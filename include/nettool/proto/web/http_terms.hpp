#pragma once
// What the words of HTTP mean, each in one sentence, with the section that says so.

#include <optional>
#include <string_view>

namespace nettool::proto {

struct HttpTerm {
    std::string_view meaning;  // no capital, no full stop
    std::string_view source;   // `RFC 9110 §9.3.1`
};

std::optional<HttpTerm> method_term(std::string_view method);
/// Of a status that is not registered: what its class means.
std::optional<HttpTerm> status_term(unsigned status);
/// Of a field, in any case; nothing for one that is not known.
std::optional<HttpTerm> field_term(std::string_view name);

}  // namespace nettool::proto
