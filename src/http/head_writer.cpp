#include "nettool/http/head_writer.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/message.hpp"

#include <boost/beast/http/status.hpp>

#include <fmt/format.h>

namespace nettool::http {

std::string_view reason_phrase(unsigned status) {
    namespace beast = boost::beast::http;
    const auto known = beast::int_to_status(status);
    if (known == beast::status::unknown) return {};
    const auto phrase = beast::obsolete_reason(known);
    return {phrase.data(), phrase.size()};
}

HeadWriter::HeadWriter(unsigned status) : status_(status) {
    constexpr std::size_t usual_bytes = 512;
    text_.reserve(usual_bytes);
    text_ += "HTTP/1.1 ";
    text_ += fmt::format_int(status).c_str();
    text_ += ' ';
    text_ += reason_phrase(status);
    text_ += "\r\n";
}

HeadWriter::HeadWriter(std::string_view method, std::string_view target, unsigned minor_version)
    : text_(fmt::format("{} {} HTTP/1.{}\r\n", method, target, minor_version)) {}

HeadWriter& HeadWriter::field(std::string_view name, std::string_view value) {
    if (!is_token(name)) throw Failure(Fault::local, "bad field name " + quoted(name));
    if (!is_field_value(value)) throw Failure(Fault::local, "bad value of field " + quoted(name));
    text_.append(name).append(": ").append(value).append("\r\n");
    return *this;
}

HeadWriter& HeadWriter::field(std::string_view name, std::uint64_t value) {
    const fmt::format_int digits(value);
    return field(name, std::string_view(digits.data(), digits.size()));
}

std::string HeadWriter::finish() && {
    text_ += "\r\n";
    return std::move(text_);
}

}  // namespace nettool::http
