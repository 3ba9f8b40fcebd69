#include "nettool/http/client.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"

namespace nettool::http {
namespace {

constexpr bool is_redirect(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

net::Endpoint endpoint_of(const proto::Url& url) {
    net::Endpoint endpoint;
    endpoint.host = url.host;
    if (endpoint.host.starts_with('[')) endpoint.host = url.host.substr(1, url.host.size() - 2);
    endpoint.port = url.effective_port();
    return endpoint;
}

}  // namespace

awaitable<std::unique_ptr<Response>> Client::send(Request request) const {
    for (unsigned redirects = 0;; ++redirects) {
        auto response = co_await send_once(request);
        response->redirects = redirects;
        const auto location = response->head().fields.find("location");
        if (!is_redirect(response->status()) || !location || limits_.max_redirects == 0)
            co_return response;
        const auto from = public_text(request.url);
        if (redirects == limits_.max_redirects)
            throw Failure(Fault::refused, from + " redirects once more after " +
                                              std::to_string(redirects) +
                                              " redirects (--max-redirects)");
        auto target = proto::parse_url(*location, &request.url);
        if (!target || !target->is_web())
            throw Failure(Fault::refused, from + " redirects to " + quoted(*location, 200) +
                                              ", which is neither http nor https");
        request = redirected(std::move(request), response->status(), *std::move(target));
    }
}

awaitable<std::unique_ptr<Response>> Client::send_once(const Request& request) const {
    const auto head = head_of(request);
    Phases phases;
    const bool tls = request.url.scheme == "https";
    auto endpoint = endpoint_of(request.url);
    auto stream = co_await dial_(std::move(endpoint), tls, &phases);
    auto response = std::make_unique<Response>(std::move(stream), request.url, phases);
    co_await response->ask(head, request.body.value_or(""), request.method, limits_.head,
                           limits_.timeout, limits_.max_body);
    co_return response;
}

}  // namespace nettool::http
