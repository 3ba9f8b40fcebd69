#include "asking.hpp"

#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/message.hpp"
#include "nettool/proto/web/content_decoder.hpp"
#include "nettool/proto/web/form_writer.hpp"
#include "nettool/proto/web/media_type.hpp"
#include "nettool/web/agent.hpp"

#include <filesystem>

namespace nettool::commands {
namespace {

// `0-499`, `500-`, `-500`, and several of them.
bool is_range(std::string_view text) {
    if (text.find_first_not_of("0123456789-, ") != text.npos) return false;
    bool sound = true;
    http::for_each_member(text, [&sound](std::string_view member) {
        const auto dash = member.find('-');
        sound = sound && member.size() > 1 && dash != member.npos && dash == member.rfind('-');
    });
    return sound;
}

// The file of `@FILE`.
std::string file_of(const cli::Context& context, const std::string& path) {
    return path == "-" ? "/proc/self/fd/" + std::to_string(context.input) : path;
}

}  // namespace

void Asking::declare(cli::OptionSet& options) {
    options.group("Request")
        .value("request,X", method_, "METHOD", "ask with this method")
        .flag("head,I", head_, "ask for the head only (HEAD), and write it")
        .list("header,H", headers_, "'NAME: VALUE'",
              "send this field; without a value: do not send it")
        .value("user,u", user_, "USER:PASSWORD", "log in (Basic)")
        .list("data", data_, "TEXT|@FILE", "send this as a form does (POST)")
        .list("data-binary", data_binary_, "TEXT|@FILE", "the same, line ends kept")
        .list("form,F", form_, "NAME=TEXT|NAME=@FILE", "send this as a form with files does")
        .value("max-data", max_data_, "SIZE", "send no more than this of a file that is read")
        .value("range,r", range_, "FROM-TO", "ask for these bytes only")
        .flag("compressed", compressed_, "ask for a compressed body, and decompress it")
        .flag("http1.0", http10_, "ask with HTTP/1.0");
}

void Asking::check() const {
    const int bodies = (data_.empty() && data_binary_.empty() ? 0 : 1) + (form_.empty() ? 0 : 1);
    if (bodies > 1) throw cli::UsageError("--form does not go with --data");
    if (head_ && bodies > 0) throw cli::UsageError("--head does not go with --data and --form");
    if (!method_.empty() && !http::is_token(method_))
        throw cli::UsageError("--request: bad value " + nettool::quoted(method_));
    if (!range_.empty() && !is_range(range_))
        throw cli::UsageError("--range: bad value " + nettool::quoted(range_) + " (FROM-TO)");
    if (!range_.empty() && compressed_)
        throw cli::UsageError("--range does not go with --compressed");
}

http::Request Asking::request_for(const cli::Context& context, const std::string& url) const {
    http::Request request(web::url_of(url));
    request.minor_version = http10_ ? 0 : 1;
    if (!user_.empty()) log_in(request);
    if (!data_.empty() || !data_binary_.empty()) add_data(context, request);
    if (!form_.empty()) add_form(context, request);
    if (head_) request.method = "HEAD";
    if (!method_.empty()) request.method = method_;
    if (!range_.empty()) request.set_field("Range", "bytes=" + range_);
    if (compressed_)
        request.set_field("Accept-Encoding", std::string(proto::ContentDecoder::accepted));
    add_headers(request);
    return request;
}

void Asking::log_in(http::Request& request) const {
    const auto colon = user_.find(':');
    if (colon == user_.npos) throw cli::UsageError("--user: USER:PASSWORD is wanted");
    request.authorize(std::string_view(user_).substr(0, colon), user_.substr(colon + 1));
}

std::string Asking::text_of(const cli::Context& context, const std::string& path) const {
    return read_whole_file(file_of(context, path), max_data_.bytes);
}

void Asking::add_data(const cli::Context& context, http::Request& request) const {
    auto& body = request.body.emplace();
    const auto begin = [&body] {
        if (body.size() > 0) body.add("&");
    };
    for (const auto& part : data_) {
        begin();
        auto text = part.starts_with('@') ? text_of(context, part.substr(1)) : part;
        if (part.starts_with('@'))
            std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
        body.add(text);
    }
    for (const auto& part : data_binary_) {
        begin();
        if (!part.starts_with('@'))
            body.add(part);
        else if (std::filesystem::is_regular_file(part.substr(1)))
            body.add_file(part.substr(1));
        else
            body.add(text_of(context, part.substr(1)));
    }
    request.method = "POST";
    request.fields.emplace_back("Content-Type", "application/x-www-form-urlencoded");
}

void Asking::add_form(const cli::Context& context, http::Request& request) const {
    const proto::FormWriter form(proto::new_boundary());
    auto& body = request.body.emplace();
    for (const auto& part : form_) {
        const auto equals = part.find('=');
        if (equals == 0 || equals == part.npos)
            throw cli::UsageError("--form: bad value " + nettool::quoted(part) + " (NAME=VALUE)");
        const auto name = part.substr(0, equals);
        const auto value = part.substr(equals + 1);
        if (value.starts_with('@')) {
            const auto path = value.substr(1);
            const auto shown = std::filesystem::path(path).filename().string();
            body.add(form.file_head(name, shown, proto::media_type_of(shown)));
            if (std::filesystem::is_regular_file(path))
                body.add_file(path);
            else
                body.add(text_of(context, path));
        } else {
            body.add(form.field_head(name));
            body.add(value);
        }
        body.add(proto::FormWriter::tail());
    }
    body.add(form.end());
    request.method = "POST";
    request.fields.emplace_back("Content-Type", form.content_type());
}

void Asking::add_headers(http::Request& request) const {
    for (const auto& header : headers_) {
        const auto field = http::parse_field_line(header);
        if (!field)
            throw cli::UsageError("--header: bad value " + nettool::quoted(header) +
                                  " (NAME: VALUE)");
        if (equal_ignoring_case(field->name, "content-length") ||
            equal_ignoring_case(field->name, "transfer-encoding"))
            throw cli::UsageError("--header: " + quoted(field->name) + " follows from the body");
        request.set_field(field->name, std::string(field->value));
    }
}

}  // namespace nettool::commands
