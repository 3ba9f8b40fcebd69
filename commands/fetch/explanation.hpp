#pragma once
// What happened between us and the servers, phase by phase and field by field, in plain sentences.

#include "nettool/http/client.hpp"

#include <string>

namespace nettool::commands {

/// How the end of the body was known, and how long it was.
std::string body_in_words(const http::Response& response);

/// Lines for people, safe for a terminal; `body`: of the last answer, empty for none.
std::string explanation_of(const http::Trail& trail, const std::string& body);

}  // namespace nettool::commands
