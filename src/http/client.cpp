#include "nettool/http/client.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/head_writer.hpp"

namespace nettool::http {
namespace {

constexpr bool is_redirect(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

constexpr std::uint64_t worth_reading = 64UL * 1024;  // rather than to connect anew

}  // namespace

// To whom a request goes.
struct Client::Way {
    Way(const proto::Url& url, const proto::ProxyRules& rules)
        : proxy(rules.proxy_for(url)), secured(url.scheme == "https") {}

    // Connections of one place may serve any request that goes there.
    std::string place(const Request& request) const {
        auto through = proxy ? "proxy " + proxy->authority() : std::string();
        const auto reach = request.reach == net::Reach::public_only ? " public" : "";
        if (proxy && !secured) return through;
        return through + reach + " " + request.url.scheme + "://" + request.url.authority();
    }

    TargetForm form() const {
        return proxy && !secured ? TargetForm::absolute : TargetForm::origin;
    }

    const proto::Url* proxy;
    bool secured;
};

awaitable<std::unique_ptr<Response>> Client::send(Request request, Trail* trail) const {
    Trail unseen;
    auto& hops = trail ? *trail : unseen;
    for (unsigned redirects = 0;; ++redirects) {
        hops.emplace_back();
        auto response = co_await send_once(request, hops.back());
        response->redirects = redirects;
        const auto location = response->head().fields.find("location");
        const auto most = settings_.limits.max_redirects;
        if (!is_redirect(response->status()) || !location || most == 0) co_return response;
        const auto from = public_text(request.url);
        if (redirects == most)
            throw Failure(Fault::refused, from + " redirects once more after " +
                                              std::to_string(redirects) +
                                              " redirects (--max-redirects)");
        auto target = proto::parse_url(*location, &request.url);
        if (!target || !target->is_web())
            throw Failure(Fault::refused, from + " redirects to " + quoted(*location, 200) +
                                              ", which is neither http nor https");
        const auto status = response->status();
        co_await response->skip_body(worth_reading);
        request = redirected(std::move(request), status, *std::move(target));
    }
}

awaitable<std::unique_ptr<Response>> Client::send_once(const Request& original, Hop& hop) const {
    auto request = original;
    hop.url = request.url;
    const Way way(request.url, settings_.proxies);
    if (way.proxy) hop.proxy = way.proxy->authority();
    if (way.form() == TargetForm::absolute && !way.proxy->username.empty())
        request.set_field("Proxy-Authorization", basic_credentials(*way.proxy));
    if (settings_.cookies && !request.has_field("cookie"))
        if (auto cookies = settings_.cookies->field_for(request.url, present_second());
            !cookies.empty())
            request.set_field("Cookie", std::move(cookies));
    hop.phases.begun = Phases::Time::clock::now();
    auto waiting = request.is_idempotent() ? pool_->take(way.place(request)) : nullptr;
    hop.reused = waiting != nullptr;
    if (waiting) {
        auto response = co_await ask(request, std::move(waiting), way, hop);
        if (response) co_return response;
        hop.reused = false;
    }
    auto connection = co_await connect(request, way, hop.phases);
    co_return co_await ask(request, std::move(connection), way, hop);
}

// Nothing for a connection that was used before and turned out to be closed.
awaitable<std::unique_ptr<Response>> Client::ask(const Request& request,
                                                 std::unique_ptr<Connection> connection,
                                                 const Way& way, Hop& hop) const {
    const bool reused = connection->reused;
    hop.peer = connection->stream.flow().peer;
    if (!reused) hop.tls = connection->stream.tls_session();
    hop.request_head = head_of(request, way.form());
    auto home = [pool = pool_, place = way.place(request)](std::unique_ptr<Connection> free) {
        pool->put(place, std::move(free));
    };
    auto response =
        std::make_unique<Response>(std::move(connection), request.url, hop.phases, std::move(home));
    std::exception_ptr failure;
    try {
        co_await response->ask(hop.request_head, request.body ? &*request.body : nullptr,
                               request.method, settings_.limits);
    } catch (const Failure&) {
        failure = std::current_exception();
    }
    if (reused && failure && response->lost_before_answer()) co_return nullptr;
    hop.phases = response->phases();
    hop.end = Phases::Time::clock::now();
    if (failure) std::rethrow_exception(failure);
    hop.response_head = response->raw_head();
    hop.status = response->status();
    const auto& limits = settings_.limits;
    if (limits.max_time.count() > 0) response->end_by(hop.phases.begun + limits.max_time);
    if (settings_.cookies)
        for (const auto& field : response->head().fields)
            if (equal_ignoring_case(field.name, "set-cookie"))
                settings_.cookies->set(field.value, request.url, present_second());
    co_return response;
}

awaitable<std::unique_ptr<Connection>> Client::connect(const Request& request, const Way& way,
                                                       Phases& phases) const {
    net::DialRequest target;
    target.endpoint = endpoint_of(way.proxy ? *way.proxy : request.url);
    // A proxy was named by the user; what lies behind it only the proxy can judge.
    target.reach = way.proxy ? net::Reach::anywhere : request.reach;
    target.phases = &phases;
    auto stream = co_await dialing_.connect(std::move(target));
    auto connection = std::make_unique<Connection>(std::move(stream));
    if (!way.secured) co_return connection;
    if (way.proxy) co_await tunnel(connection, request, way, phases);
    co_await dialing_.secure(connection->stream, endpoint_of(request.url));
    phases.secured = Phases::Time::clock::now();
    co_return connection;
}

// Asks the proxy to connect (RFC 9110 §9.3.6).
awaitable<void> Client::tunnel(std::unique_ptr<Connection>& connection, const Request& request,
                               const Way& way, Phases& phases) const {
    const auto target = to_string(endpoint_of(request.url));
    HeadWriter writer("CONNECT", target);
    writer.field("Host", target).field("User-Agent", "nettool");
    if (!way.proxy->username.empty())
        writer.field("Proxy-Authorization", basic_credentials(*way.proxy));
    const auto head = std::move(writer).finish();
    Response response(std::move(connection), *way.proxy, phases, nullptr);
    co_await response.ask(head, nullptr, "CONNECT", settings_.limits);
    const auto name = "the proxy " + way.proxy->authority();
    if (response.status() / 100 != 2)
        throw Failure(Fault::refused,
                      name + " does not connect to " + target + ": " + response.status_text());
    connection = response.take_connection();
    if (!connection) throw Failure(Fault::local, name + " speaks before the server can");
    phases.tunneled = Phases::Time::clock::now();
}

}  // namespace nettool::http
