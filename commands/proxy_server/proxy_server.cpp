// proxy-server: a web proxy for many requests at once, with a line for each.

#include "access_rules.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/random_hex.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/dialer.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/http/request.hpp"
#include "nettool/net/limits.hpp"
#include "nettool/net/strand.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/web/proxy_rules.hpp"
#include "nettool/proxy/service.hpp"
#include "nettool/web/agent.hpp"
#include "nettool/web/shared_options.hpp"
#include "observers.hpp"

#include <algorithm>
#include <thread>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view busy =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 47\r\n"
    "Proxy-Status: nettool; error=connection_limit_reached\r\n"
    "Retry-After: 1\r\nConnection: close\r\n\r\n"
    "503 Service Unavailable: too many connections.\n";

class ProxyServer final : public cli::Command {
public:
    ProxyServer() { server_.admit(1024, std::string(busy)); }

    void declare(cli::OptionSet& options) override {
        auto& limits = settings_.limits;
        options.group("Forwarding")
            .value("threads", threads_, "N", "serve with this many threads")
            .value("upstream", upstream_, "URL",
                   "ask another proxy, http://[USER:PASSWORD@]HOST:PORT")
            .value("reverse", reverse_, "URL", "stand in front of this one server instead")
            .flag("lab", lab_, "be asked for GET /www.example.com/page as well, as textbooks do")
            .flag("lenient", lenient_,
                  "mend answers that end their lines with LF or leave out what follows the status")
            .value("head-time", limits.head_time, "TIME",
                   "hang up on a request whose head is not whole by then")
            .value("tunnel-idle", limits.quiet, "TIME",
                   "end a tunnel or an answer in which nothing comes for this long; 0s: never")
            .value("max-body", max_body_, "SIZE", "refuse requests with a longer body; 0: none is")
            .list("inject", inject_, "RULE",
                  "let requests go wrong: 503 2%; latency 300ms, rate 50K; reset, 2 times");
        observers_.declare(options);
        access_.declare(options);
        options.group("Servers that are asked");
        dialer_.declare(options);
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        constexpr unsigned most_threads = 256;
        if (threads_ == 0 || threads_ > most_threads)
            throw cli::UsageError("--threads: bad value '" + std::to_string(threads_) +
                                  "' (from 1 to 256)");
        dialer_.check();
        dialer_.check_trust(context);
        settings_.is_traced = context.taps.messages != nullptr;
        settle();
        auto policy = access_.policy();
        const auto credentials = access_.credentials();
        if (!settings_.reverse) co_await access_.check(server_);
        if (settings_.upstream && policy.judges_addresses())
            throw cli::UsageError(
                "--upstream does not go with addresses in --allow and --deny: what a name means, "
                "the "
                "other proxy decides");
        proto::FaultRules rules(server_.seed());
        web::add_fault_rules(rules, inject_, proxy::fault_fields);
        net::NameCache names(names_options());
        observers_.open(context, policy);
        const proxy::Service::Parts parts{policy, names, observers_, credentials.get(),
                                          rules.empty() ? nullptr : &rules};
        proxy::Service service(settings_, parts, lanes(context));
        provide_descriptors();
        context.use_threads(threads_);
        co_await serve(context, service, policy);
        co_return observers_.whole() ? cli::ExitCode::ok : cli::ExitCode::local;
    }

private:
    void settle() {
        settings_.limits.idle = server_.idle();
        settings_.limits.timeout = dialer_.timeout();
        settings_.family = dialer_.family();
        settings_.limits.max_body = max_body_.bytes == 0 ? UINT64_MAX : max_body_.bytes;
        settings_.pseudonym = "nettool-" + random_hex(1);
        if (lab_) settings_.style = proxy::Style::lab;
        if (lenient_) settings_.strictness = http::Strictness::lenient;
        if (!upstream_.empty()) {
            settings_.upstream = proto::parse_proxy(upstream_);
            if (!settings_.upstream || settings_.upstream->effective_port() == 0)
                throw cli::UsageError("--upstream: bad value " + quoted(upstream_, 200) +
                                      " (http://[USER:PASSWORD@]HOST:PORT)");
        }
        if (reverse_.empty()) return;
        if (lab_ || !upstream_.empty())
            throw cli::UsageError("--reverse does not go with --lab or --upstream");
        if (access_.judges_servers())
            throw cli::UsageError("--reverse does not go with --allow, --deny or --connect-ports");
        settings_.reverse = origin();
    }

    proxy::Destination origin() const {
        const auto url = proto::parse_typed_url(reverse_);
        const bool is_bare = url && url->path == "/" && !url->query && url->username.empty();
        if (!is_bare || url->effective_port() == 0)
            throw cli::UsageError("--reverse: bad value " + quoted(reverse_, 200) +
                                  " (http://HOST:PORT or https://HOST:PORT)");
        proxy::Destination origin;
        origin.secured = url->scheme == "https";
        const auto endpoint = http::endpoint_of(*url);
        origin.host = endpoint.host;
        origin.port = endpoint.port;
        origin.authority = url->authority();
        return origin;
    }

    net::NameCache::Options names_options() const {
        net::NameCache::Options options;
        const auto limit = dialer_.connect_timeout();
        if (limit.count() > 0) options.patience = std::min(options.patience, limit);
        return options;
    }

    // More of them than threads, so that one that is busy holds up fewer connections.
    std::vector<std::unique_ptr<proxy::Lane>> lanes(cli::Context& context) {
        std::vector<std::unique_ptr<proxy::Lane>> lanes;
        std::vector<asio::any_io_executor> strands;
        const unsigned count = threads_ == 1 ? 1 : 2 * threads_;
        for (unsigned i = 0; i < count; ++i) {
            strands.emplace_back(net::new_strand(context.pool));
            lanes.push_back(
                std::make_unique<proxy::Lane>(strands.back(), dialer_.dialing(context)));
        }
        server_.share_strands(std::move(strands));
        return lanes;
    }

    // A client's connection has one to a server; and there are those that wait, and pipes.
    void provide_descriptors() const {
        constexpr std::size_t others = 1024;
        net::provide_descriptors(2 * server_.max_connections() + others);
    }

    void welcome(cli::Context& context, const net::Endpoint& local) const {
        if (settings_.reverse || local.is_unix) return;
        context.log.detail("use it with: curl -x http://" + to_string(local) + " URL");
    }

    awaitable<void> serve(cli::Context& context, proxy::Service& service, proxy::Policy& policy) {
        std::exception_ptr failure;
        net::TaskGroup group(context.executor, [&failure, &group](std::exception_ptr e) {
            failure = e;
            group.cancel(asio::cancellation_type::total);
        });
        server_.tell([this, &policy, &context, &group](const net::Endpoint& local) {
            policy.listens_on(local);
            if (policy.is_open() && !settings_.reverse)
                throw cli::UsageError(access_.open_to_all());
            welcome(context, local);
            auto* const page = observers_.page();
            if (page && page->is_first(local)) group.spawn(page->serve());
        });
        group.spawn(serve_clients(context, service, group));
        co_await group.join();
        if (failure) std::rethrow_exception(failure);
    }

    awaitable<void> serve_clients(cli::Context& context, proxy::Service& service,
                                  net::TaskGroup& group) const {
        co_await net::hear_requests_to_stop();
        auto session = [&service](net::Stream stream) { return service.serve(std::move(stream)); };
        co_await server_.serve(context, session);
        group.cancel(asio::cancellation_type::total);  // of --once: what is beside it ends, too
    }

    cli::Server server_{8888, 60s};
    cli::Dialer dialer_{30s};
    AccessRules access_;
    Observers observers_;
    proxy::Settings settings_;
    unsigned threads_ = std::max(1U, std::thread::hardware_concurrency());
    std::string upstream_;
    std::string reverse_;
    bool lab_ = false;
    bool lenient_ = false;
    cli::Size max_body_{0};
    std::vector<std::string> inject_;
};

constexpr cli::Example examples[] = {
    {"nettool proxy-server --web 8889", "a proxy on 127.0.0.1:8888, and a page that shows it work"},
    {"curl -x http://127.0.0.1:8888 http://127.0.0.1:8080/README.md", "a page through it"},
    {"nettool proxy-server --inject 'when host ~ /127/ then latency 300ms, rate 50K'",
     "a slow network, for one host"},
    {"nettool proxy-server --host 0.0.0.0 --allow-from 10.0.0.0/8 --auth ada:secret",
     "for the clients of a network, who show a password"},
};

}  // namespace

extern constinit const cli::CommandSpec proxy_server{
    .name = "proxy-server",
    .group = "Web",
    .summary = "pass requests on to web servers, many at once, with a line for each",
    .details =
        R"(A web proxy (RFC 9110 §3.7). It is asked for whole URLs, GET http://www.example.com/page, and for tunnels,
CONNECT www.example.com:443, and passes them on to the servers they name, over connections that it
keeps. Each request is a line: when, from whom, for what, the status, the bytes, how long it took,
and which server it was redirected to, over a new connection or a kept one. With --web a page shows
the requests side by side while they are under way, and what the proxy changes in their heads.

What is passed on is written anew from what was understood: a request or an answer that could be
read in two ways is refused. Why a request got nowhere stands in the answer, in the line and in
Proxy-Status (RFC 9209).

It listens on this machine only, and refuses to serve others without --allow-from or --auth. Tunnels
lead to port 443 unless --connect-ports says more. Requests to the proxy itself are refused, and so
are the addresses of clouds' metadata services and, for clients from elsewhere, private ones.

With --inject requests go wrong on purpose. A RULE is [when FIELD ~ /RE/ then] ACTION[, ACTION...]
[PERCENT%] [N times]; a FIELD is method, url or host; an ACTION is a status, latency TIME, rate SIZE,
reset or close, where status, reset and close may be followed by "after TIME".)",
    .examples = examples,
    .results = &cli::described<cli::Listening, cli::PageListening, ProxiedRequest>,
    .make = &cli::make<ProxyServer>,
};

}  // namespace nettool::commands
