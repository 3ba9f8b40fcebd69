#include "nettool/http/fault_handler.hpp"

#include "nettool/net/task_group.hpp"

#include <boost/asio/error.hpp>

namespace nettool::http {
namespace {

using proto::FaultAction;
using Kind = FaultAction::Kind;

std::optional<std::string_view> field_of(const RequestHead& request, std::string_view name) {
    if (name == "method") return request.method;
    if (name == "target") return request.target;
    return request.fields.find("host").value_or("");
}

void slow_down(Exchange& exchange, const FaultAction& action) {
    net::StreamFaultOptions slow;
    slow.bytes_per_second = action.bytes_per_second;
    exchange.imitate(slow);
}

// What ends the request stands last; the connection is lost unless there is an answer.
awaitable<result<void>> finish(Exchange& exchange, const FaultAction& action) {
    if (action.kind == Kind::reply)
        co_return co_await exchange.refuse(HeadWriter(action.status), "injected fault");
    if (action.kind == Kind::reset) exchange.reset();
    co_return error_code(asio::error::connection_aborted);
}

awaitable<result<void>> answer(Exchange& exchange, const Server::Handler& handler,
                               std::vector<FaultAction> actions) {
    for (const auto& action : actions) {
        exchange.note_fault(proto::to_string(action));
        if (action.time.count() > 0) co_await net::pause(action.time);
        if (action.kind == Kind::rate)
            slow_down(exchange, action);
        else if (action.kind != Kind::latency)
            co_return co_await finish(exchange, action);
    }
    co_return co_await handler(exchange);
}

}  // namespace

Server::Handler with_faults(Server::Handler handler, proto::FaultRules& rules) {
    return [handler = std::move(handler), &rules](Exchange& exchange) {
        const auto field = [&exchange](std::string_view name) {
            return field_of(exchange.request(), name);
        };
        return answer(exchange, handler, rules.judge(field));
    };
}

}  // namespace nettool::http
