#pragma once
// What a client asks for, before it is bytes.

#include "nettool/base/unique_descriptor.hpp"
#include "nettool/net/connector.hpp"
#include "nettool/proto/web/url.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nettool::http {

/// Texts and files, one behind the other; copies share the files.
class RequestBody {
public:
    struct Part {
        std::string text;
        std::shared_ptr<const UniqueDescriptor> file;  // instead of a text
        std::uint64_t size = 0;
    };

    RequestBody() = default;
    explicit RequestBody(std::string_view text) { add(text); }

    void add(std::string_view text);
    /// A regular file as long as it is now.  Throws Failure (local) naming the path.
    void add_file(const std::string& path);

    const std::vector<Part>& parts() const noexcept { return parts_; }
    std::uint64_t size() const noexcept;

private:
    std::vector<Part> parts_;
};

struct Request {
    /// User and password of the URL become an Authorization field.
    explicit Request(proto::Url from);

    std::string method = "GET";
    proto::Url url;
    /// Sent as they are, before the usual ones and instead of those of the same name; one with an
    /// empty value is not sent at all.
    std::vector<std::pair<std::string, std::string>> fields;
    std::optional<RequestBody> body;
    unsigned minor_version = 1;
    net::Reach reach = net::Reach::anywhere;

    bool has_field(std::string_view name) const noexcept;
    void remove_field(std::string_view name);
    /// Instead of those of the same name.
    void set_field(std::string_view name, std::string value);
    /// Basic (RFC 7617)
    void authorize(std::string_view user, std::string_view password);
    /// Whether it may be sent twice without harm (RFC 9110 §9.2.2).
    bool is_idempotent() const noexcept;
};

/// Whether a method may be asked for twice without harm (RFC 9110 §9.2.2).
bool is_idempotent(std::string_view method) noexcept;

/// `Basic …` (RFC 7617)
std::string basic_credentials(std::string_view user, std::string_view password);
/// Of the user and password that a URL names.
std::string basic_credentials(const proto::Url& url);

/// Whom to connect to for a URL.
net::Endpoint endpoint_of(const proto::Url& url);

/// Which form of the target a request line has (RFC 9112 §3.2): a proxy is told all of the URL.
enum class TargetForm { origin, absolute };

/// The head of it; throws Failure for fields that cannot be sent.
std::string head_of(const Request& request, TargetForm form = TargetForm::origin);

/// The request that follows a redirect of this status to `target` (RFC 9110 §15.4): credentials
/// stay behind with their origin.
Request redirected(Request request, unsigned status, proto::Url target);

}  // namespace nettool::http
