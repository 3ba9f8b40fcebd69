#include "nettool/proto/web/form_writer.hpp"

#include "nettool/base/random_hex.hpp"

#include <fmt/format.h>

namespace nettool::proto {
namespace {

// As browsers do (WHATWG HTML, §4.10.21.8).
std::string escaped_name(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == '"')
            text += "%22";
        else if (c == '\r')
            text += "%0D";
        else if (c == '\n')
            text += "%0A";
        else
            text += c;
    }
    return text;
}

}  // namespace

std::string FormWriter::field_head(std::string_view name) const {
    return fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n", boundary_,
                       escaped_name(name));
}

std::string FormWriter::file_head(std::string_view name, std::string_view file_name,
                                  std::string_view media_type) const {
    return fmt::format(
        "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n"
        "Content-Type: {}\r\n\r\n",
        boundary_, escaped_name(name), escaped_name(file_name), media_type);
}

std::string new_boundary() { return "nettool-" + random_hex(4); }

}  // namespace nettool::proto
