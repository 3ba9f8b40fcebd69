#include "inbox.hpp"

#include "inbox_assets.hpp"
#include "mail_api.hpp"
#include "nettool/http/page_replies.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/web/html_text.hpp"
#include "nettool/proto/web/target_path.hpp"

#include <boost/system/system_error.hpp>

#include <utility>

namespace nettool::commands {
namespace {

constexpr std::size_t most_at_work = 2;  // the others of the few threads store mail

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' "
    "data:; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

// Where to send the first mail to, in the page.
std::string filled(std::string_view page, net::Endpoint place, std::string_view asked) {
    const bool is_any = place.host == "0.0.0.0" || place.host == "::";
    if (is_any) place.host = http::host_name(asked);
    const bool is_v6 = place.host.find(':') != place.host.npos;
    const auto host = proto::html_escaped(place.host);
    std::string text(page);
    const std::pair<std::string_view, std::string> values[] = {
        {"{at}", is_v6 ? "[" + host + "]" : host},
        {"{host}", host},
        {"{port}", std::to_string(place.port)},
    };
    for (const auto& [name, value] : values)
        for (auto at = text.find(name); at != text.npos; at = text.find(name, at + value.size()))
            text.replace(at, name.size(), value);
    return text;
}

awaitable<result<void>> send_asset(http::Exchange& exchange, const InboxAsset& asset,
                                   std::string_view text) {
    auto head = http::page_success(200);
    head.field("Content-Type", asset.type).field("Content-Security-Policy", page_policy);
    co_return co_await exchange.respond(std::move(head), text);
}

awaitable<result<void>> send_page(http::Exchange& exchange, const InboxAsset& asset,
                                  net::Endpoint place) {
    const auto text = filled(asset.text, std::move(place), exchange.request().host);
    co_return co_await send_asset(exchange, asset, text);
}

awaitable<result<void>> send(http::Exchange& exchange, const ApiReply& reply) {
    constexpr unsigned bad = 400;
    if (reply.status >= bad)
        co_return co_await http::page_replies().refuse(exchange, reply.status, reply.body);
    auto head = http::page_success(reply.status);
    for (const auto& [name, value] : reply.fields) head.field(name, value);
    if (reply.file)
        co_return co_await exchange.respond_file(std::move(head), reply.file.get(), 0,
                                                 reply.file_size);
    co_return co_await exchange.respond(std::move(head), reply.body);
}

}  // namespace

/// To be one of the few that work at a time.
class Inbox::Turn {
public:
    explicit Turn(Inbox& inbox) : inbox_(inbox) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        if (!has_come_) return;
        --inbox_.at_work_;
        inbox_.turns_.cancel_one();
    }

    /// Throws operation_aborted, as offload() does, when the server stops meanwhile: the connection
    /// may have been dropped, and then nothing would end what is begun.
    awaitable<void> come() {
        while (inbox_.at_work_ >= most_at_work) {
            (void)co_await inbox_.turns_.async_wait(no_throw);
            const bool stopped = co_await net::stop_requested();
            if (stopped) give_up();
        }
        ++inbox_.at_work_;
        has_come_ = true;
    }

private:
    // Not [[noreturn]], which g++ 12 takes ill behind a co_await.
    static void give_up() { throw boost::system::system_error(asio::error::operation_aborted); }

    Inbox& inbox_;
    bool has_come_ = false;
};

Inbox::Inbox(asio::any_io_executor strand, std::string directory, std::vector<std::string> names)
    : index_(std::make_shared<MailIndex>(std::move(directory))),
      events_(strand),
      guard_(std::move(names)),
      turns_(strand, asio::steady_timer::time_point::max()) {}

bool Inbox::receive_at(const net::Endpoint& place) {
    if (place_) return false;
    place_ = place;
    return true;
}

void Inbox::notify(const Mail& mail) const {
    index_->add(mail);
    events_.tell(Mail::event, cli::json_line(mail));
}

awaitable<result<void>> Inbox::answer(http::Exchange& exchange) {
    const auto& request = exchange.request();
    const auto path = request.target.substr(0, request.target.find('?'));
    const auto* asset = inbox_asset(path);
    const auto what = asset ? http::VisitorGuard::What::page : http::VisitorGuard::What::contents;
    const auto refusal = guard_.judge(request, what);
    if (refusal) co_return co_await http::page_replies().refuse(exchange, *refusal);
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (!reads && (asset || request.method != "DELETE"))
        co_return co_await http::page_replies().refuse(exchange, 405, "this cannot be done here");
    if (path == "/")
        co_return co_await send_page(exchange, *asset, place_.value_or(net::Endpoint()));
    if (asset) co_return co_await send_asset(exchange, *asset, asset->text);
    if (path == "/api/events" && reads)
        co_return co_await events_.stream(exchange, http::page_replies());
    co_return co_await answer_api(exchange);
}

awaitable<result<void>> Inbox::answer_api(http::Exchange& exchange) {
    auto target = proto::parse_target_path(exchange.request().target);
    if (!target)
        co_return co_await http::page_replies().refuse(exchange, 400, "the path is malformed");
    if (target->segments.empty() || target->segments[0] != "api")
        co_return co_await http::page_replies().refuse(exchange, 404, "there is nothing here");
    ApiRequest request;
    request.method = exchange.request().method;
    request.path.assign(target->segments.begin() + 1, target->segments.end());
    request.query = target->query;
    auto job = [index = index_, request = std::move(request)] {
        return commands::answer_api(*index, request);
    };
    Turn turn(*this);
    co_await turn.come();
    const auto reply = co_await net::offload(std::move(job));
    if (!reply.removed.empty()) events_.tell(MailRemoved::event, reply.removed);
    co_return co_await send(exchange, reply);
}

}  // namespace nettool::commands
