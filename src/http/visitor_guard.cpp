#include "nettool/http/visitor_guard.hpp"

#include "nettool/base/asio.hpp"

#include <boost/asio/ip/address.hpp>

namespace nettool::http {
namespace {

bool is_address(std::string_view name) {
    error_code ec;
    asio::ip::make_address(name, ec);
    return !ec;
}

}  // namespace

std::string_view host_name(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.find(':'));
}

bool VisitorGuard::is_own(std::string_view host) const {
    auto name = host_name(host);
    if (name.ends_with('.')) name.remove_suffix(1);
    if (is_address(name) || equal_ignoring_case(name, "localhost")) return true;
    return std::ranges::any_of(
        names_, [name](const std::string& own) { return equal_ignoring_case(name, own); });
}

std::optional<Refusal> VisitorGuard::judge(const RequestHead& request, What what) const {
    constexpr unsigned misdirected = 421, forbidden = 403;
    if (!is_own(request.host)) return Refusal{misdirected, "this is no name of this server"};
    if (what == What::page) return std::nullopt;
    const auto origin = request.fields.find("origin");
    const bool is_ours =
        !origin || equal_ignoring_case(*origin, "http://" + std::string(request.host));
    const auto site = request.fields.find("sec-fetch-site").value_or("none");
    if (is_ours && (site == "same-origin" || site == "none")) return std::nullopt;
    return Refusal{forbidden, "other sites may not look into this"};
}

}  // namespace nettool::http
