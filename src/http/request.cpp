#include "nettool/http/request.hpp"

#include "nettool/http/head_writer.hpp"
#include "nettool/http/message.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/percent.hpp"

#include <algorithm>

namespace nettool::http {

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
    remove_field("authorization");
    auto credentials = std::string(user).append(":").append(password);
    fields.emplace_back("Authorization", std::string("Basic ") + proto::base64(credentials));
}

std::string head_of(const Request& request) {
    HeadWriter writer(request.method, request.url.target(), request.minor_version);
    const auto usual = [&](std::string_view name, std::string_view value) {
        if (!request.has_field(name)) writer.field(name, value);
    };
    usual("Host", request.url.authority());
    for (const auto& [name, value] : request.fields)
        if (!value.empty()) writer.field(name, value);
    usual("User-Agent", "nettool");
    usual("Accept", "*/*");
    if (request.body) writer.field("Content-Length", request.body->size());
    usual("Connection", "close");
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
