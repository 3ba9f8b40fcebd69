#include "live_page.hpp"

#include "live_assets.hpp"
#include "live_views.hpp"
#include "nettool/cli/json_line.hpp"
#include "nettool/cli/values.hpp"
#include "nettool/http/page_replies.hpp"
#include "nettool/net/resolver.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/web/target_path.hpp"
#include "nettool/proxy/har_entry.hpp"

#include <utility>

namespace nettool::commands {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

awaitable<result<void>> send_asset(http::Exchange& exchange, const LiveAsset& asset) {
    auto head = http::page_success(200, asset.type);
    head.field("Content-Security-Policy", page_policy);
    co_return co_await exchange.respond(std::move(head), asset.text);
}

// One request a line, without the LF of its own.
std::string line_of(const KeptRequest& request) {
    auto line = cli::json_line(live_request(request));
    line.pop_back();
    return line;
}

// So much of the archive that it goes out in pieces.
constexpr std::size_t piece_bytes = 64UL * 1024;

}  // namespace

LivePage::LivePage(cli::Context& context, cli::Server listener, const KeptRequests::Limits& limits)
    : context_(context),
      listener_(std::move(listener)),
      feed_(std::make_shared<LiveFeed>(context.executor, limits)),
      guard_({net::own_name(), listener_.host()}),
      http_(
          {}, [this](http::Exchange& exchange) { return answer(exchange); },
          [](const http::Exchange&) {}) {
    listener_.admit(http::most_page_connections, std::string(http::page_busy));
    listener_.share_strand();
}

void LivePage::begun(const proxy::Transaction& transaction) {
    feed_->note(transaction, RequestState::begun);
}

void LivePage::opened(const proxy::Transaction& transaction) {
    feed_->note(transaction, RequestState::opened);
}

void LivePage::ended(const proxy::Transaction& transaction) {
    feed_->note(transaction, RequestState::ended);
}

bool LivePage::is_first(const net::Endpoint& place) {
    if (place_) return false;
    place_ = place;
    return true;
}

awaitable<void> LivePage::serve() const {
    co_await net::hear_requests_to_stop();
    auto session = [this](net::Stream stream) { return http_.serve(std::move(stream)); };
    co_await listener_.serve(context_, session);
}

awaitable<result<void>> LivePage::answer(http::Exchange& exchange) const {
    const auto& request = exchange.request();
    const auto path = request.target.substr(0, request.target.find('?'));
    const auto* asset = live_asset(path);
    const auto what = asset ? http::VisitorGuard::What::page : http::VisitorGuard::What::contents;
    const auto refusal = guard_.judge(request, what);
    if (refusal) co_return co_await http::page_replies().refuse(exchange, *refusal);
    const bool reads = request.method == "GET" || request.method == "HEAD";
    const bool clears = request.method == "DELETE" && path == "/api/requests";
    if (!reads && !clears)
        co_return co_await http::page_replies().refuse(exchange, 405, "this cannot be done here");
    if (asset) co_return co_await send_asset(exchange, *asset);
    if (!clears) co_return co_await answer_api(exchange, path);
    feed_->clear();
    co_return co_await exchange.respond(http::page_success(204), "");
}

awaitable<result<void>> LivePage::answer_api(http::Exchange& exchange,
                                             std::string_view path) const {
    constexpr std::string_view one = "/api/requests/";
    if (path == "/api/events")
        co_return co_await feed_->events().stream(exchange, http::page_replies());
    if (path == "/api/requests") co_return co_await list(exchange);
    if (path == "/api/requests.har") co_return co_await send_archive(exchange);
    if (path.starts_with(one)) co_return co_await show(exchange, path.substr(one.size()));
    co_return co_await http::page_replies().refuse(exchange, 404, "there is nothing here");
}

awaitable<result<void>> LivePage::list(http::Exchange& exchange) const {
    const auto& target = exchange.request().target;
    const auto question = target.find('?');
    const auto query = question == target.npos ? std::string_view() : target.substr(question + 1);
    const auto text = proto::form_value(query, "limit");
    std::size_t limit = SIZE_MAX;
    if (!text.empty() && !cli::parse_value(text, limit))
        co_return co_await http::page_replies().refuse(exchange, 400, "limit is a number");
    const auto counts = feed_->kept().counts();
    std::string body = "[";
    for (const auto& request : feed_->kept().newest(limit))
        body.append(body.size() > 1 ? ",\n" : "\n").append(line_of(request));
    auto head = http::page_success(200, "application/json");
    head.field("X-Total-Count", std::to_string(counts.kept));
    head.field("X-Under-Way", std::to_string(counts.under_way));
    head.field("X-Most-At-Once", std::to_string(counts.most_at_once));
    head.field("X-Time", rfc3339(std::chrono::system_clock::now()));
    if (place_) head.field("X-Proxy", to_string(*place_));
    co_return co_await exchange.respond(std::move(head), body += "\n]\n");
}

awaitable<result<void>> LivePage::show(http::Exchange& exchange, std::string_view id) const {
    std::uint64_t number = 0;
    std::optional<KeptRequest> request;
    if (cli::parse_value(id, number)) request = feed_->kept().find(number);
    if (!request)
        co_return co_await http::page_replies().refuse(exchange, 404, "there is no such request");
    const auto body = cli::json_line(live_details(*request));
    co_return co_await exchange.respond(http::page_success(200, "application/json"), body);
}

// The oldest first, as --har has them.
awaitable<result<void>> LivePage::send_archive(http::Exchange& exchange) const {
    auto requests = feed_->kept().newest(SIZE_MAX);
    std::erase_if(requests, [](const auto& one) { return one.state != RequestState::ended; });
    auto head = http::page_success(200, "application/json");
    head.field("Content-Disposition", "attachment; filename=\"proxy.har\"");
    const auto begun = co_await exchange.begin(std::move(head), std::nullopt);
    if (!begun) co_return begun.error();
    auto text = proxy::har_begin();
    for (auto left = requests.size(); left-- > 0;) {
        text.append(left + 1 == requests.size() ? "\n" : ",\n");
        text += proxy::har_entry(*requests[left].transaction);
        if (text.size() < piece_bytes) continue;
        const auto written = co_await exchange.write(text);
        if (!written) co_return written.error();
        text.clear();
    }
    const auto written = co_await exchange.write(text += proxy::har_end);
    if (!written) co_return written.error();
    co_return co_await exchange.end();
}

}  // namespace nettool::commands
