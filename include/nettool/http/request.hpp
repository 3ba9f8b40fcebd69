#pragma once
// What a client asks for, before it is bytes.

#include "nettool/proto/web/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nettool::http {

struct Request {
    /// User and password of the URL become an Authorization field.
    explicit Request(proto::Url from);

    std::string method = "GET";
    proto::Url url;
    /// Sent as they are, before the usual ones and instead of those of the same name; one with an
    /// empty value is not sent at all.
    std::vector<std::pair<std::string, std::string>> fields;
    std::optional<std::string> body;
    unsigned minor_version = 1;

    bool has_field(std::string_view name) const noexcept;
    void remove_field(std::string_view name);
    /// Basic (RFC 7617)
    void authorize(std::string_view user, std::string_view password);
};

/// The head of it; throws Failure for fields that cannot be sent.
std::string head_of(const Request& request);

/// The request that follows a redirect of this status to `target` (RFC 9110 §15.4): credentials
/// stay behind with their origin.
Request redirected(Request request, unsigned status, proto::Url target);

}  // namespace nettool::http
