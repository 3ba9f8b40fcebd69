#include "robots_rules.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/http/content.hpp"

namespace nettool::commands {
namespace {

constexpr std::string_view product = "nettool";
constexpr std::string_view nothing = "User-agent: *\nDisallow: /\n";

std::string origin_of(const proto::Url& url) { return url.scheme + "://" + url.authority(); }

}  // namespace

awaitable<void> RobotsRules::learn(proto::Url url, net::Reach reach) {
    if (!url.is_web()) co_return;
    auto origin = origin_of(url);
    if (known_.contains(origin)) co_return;
    auto rules = co_await read(std::move(url), reach);
    known_.emplace(std::move(origin), std::move(rules));
}

awaitable<proto::Robots> RobotsRules::read(proto::Url url, net::Reach reach) const {
    url.path = "/robots.txt";
    url.query.reset();
    http::Request request(std::move(url));
    request.reach = reach;
    std::string text;
    try {
        const auto response = co_await client_.send(std::move(request));
        constexpr unsigned client_error = 400, server_error = 500;
        const auto status = response->status();
        if (status >= server_error) co_return proto::Robots(nothing, product);
        if (status >= client_error) co_return proto::Robots("", product);
        std::function<void(std::string_view)> sink = [&text](std::string_view piece) {
            text += piece.substr(0, proto::max_robots_bytes - text.size());
        };
        co_await http::read_content(*response, http::Decoding::yes, 2 * proto::max_robots_bytes,
                                    std::move(sink));
    } catch (const Failure&) {
        co_return proto::Robots(nothing, product);
    }
    co_return proto::Robots(text, product);
}

bool RobotsRules::allows(const proto::Url& url) const {
    const auto found = known_.find(origin_of(url));
    return found == known_.end() || found->second.allows(url.target());
}

}  // namespace nettool::commands
