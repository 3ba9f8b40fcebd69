#include "nettool/http/request.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/http/head_writer.hpp"
#include "nettool/http/message.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/percent.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/stat.h>

namespace nettool::http {

void RequestBody::add(std::string_view text) {
    if (parts_.empty() || parts_.back().file) parts_.emplace_back();
    parts_.back().text += text;
    parts_.back().size += text.size();
}

void RequestBody::add_file(const std::string& path) {
    auto file =
        std::make_shared<UniqueDescriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (file->get() < 0 || ::fstat(file->get(), &status) != 0)
        throw Failure(Fault::local, "read " + path, last_error());
    if (!S_ISREG(status.st_mode)) throw Failure(Fault::local, path + " is not a regular file");
    parts_.push_back({{}, std::move(file), static_cast<std::uint64_t>(status.st_size)});
}

std::uint64_t RequestBody::size() const noexcept {
    std::uint64_t size = 0;
    for (const auto& part : parts_) size += part.size;
    return size;
}

Request::Request(proto::Url from) : url(std::move(from)) {
    if (!url.username.empty() || !url.password.empty())
        authorize(proto::percent_decoded_leniently(url.username),
                  proto::percent_decoded_leniently(url.password));
    url.username.clear();
    url.password.clear();
}

bool Request::has_field(std::string_view name) const noexcept {
    return std::ranges::any_of(
        fields, [name](const auto& field) { return equal_ignoring_case(field.first, name); });
}

void Request::remove_field(std::string_view name) {
    std::erase_if(fields,
                  [name](const auto& field) { return equal_ignoring_case(field.first, name); });
}

void Request::authorize(std::string_view user, std::string_view password) {
    set_field("Authorization", basic_credentials(user, password));
}

void Request::set_field(std::string_view name, std::string value) {
    remove_field(name);
    fields.emplace_back(name, std::move(value));
}

bool Request::is_idempotent() const noexcept { return http::is_idempotent(method); }

bool is_idempotent(std::string_view method) noexcept {
    constexpr std::array<std::string_view, 6> methods = {"GET",   "HEAD", "OPTIONS",
                                                         "TRACE", "PUT",  "DELETE"};
    return std::ranges::find(methods, method) != methods.end();
}

std::string basic_credentials(std::string_view user, std::string_view password) {
    return "Basic " + proto::base64(std::string(user).append(":").append(password));
}

std::string basic_credentials(const proto::Url& url) {
    return basic_credentials(proto::percent_decoded_leniently(url.username),
                             proto::percent_decoded_leniently(url.password));
}

net::Endpoint endpoint_of(const proto::Url& url) {
    net::Endpoint endpoint;
    endpoint.host = url.host;
    if (endpoint.host.starts_with('[')) endpoint.host = url.host.substr(1, url.host.size() - 2);
    endpoint.port = url.effective_port();
    return endpoint;
}

std::string head_of(const Request& request, TargetForm form) {
    auto target = request.url.target();
    if (form == TargetForm::absolute)
        target = request.url.scheme + "://" + request.url.authority() + target;
    HeadWriter writer(request.method, target, request.minor_version);
    const auto usual = [&](std::string_view name, std::string_view value) {
        if (!request.has_field(name)) writer.field(name, value);
    };
    usual("Host", request.url.authority());
    for (const auto& [name, value] : request.fields)
        if (!value.empty()) writer.field(name, value);
    usual("User-Agent", "nettool");
    usual("Accept", "*/*");
    if (request.body) writer.field("Content-Length", request.body->size());
    if (request.minor_version == 0) usual("Connection", "close");
    return std::move(writer).finish();
}

Request redirected(Request request, unsigned status, proto::Url target) {
    constexpr unsigned see_other = 303, moved = 301, found = 302;
    const bool post = request.method == "POST" && (status == moved || status == found);
    const bool other = status == see_other && request.method != "GET" && request.method != "HEAD";
    if (post || other) {
        request.method = "GET";
        request.body.reset();
        request.remove_field("content-type");
    }
    if (!proto::same_origin(request.url, target)) {
        request.remove_field("authorization");
        request.remove_field("cookie");
        request.remove_field("host");
    }
    target.username.clear();
    target.password.clear();
    if (!target.fragment) target.fragment = request.url.fragment;
    request.url = std::move(target);
    return request;
}

}  // namespace nettool::http
