// Heads as they come to a proxy: whatever is passed on is read by everybody as the same one
// message.
#include "nettool/proxy/heads.hpp"
#include "nettool/proxy/secret_mask.hpp"

#include <string>

namespace {

using namespace nettool;
using http::Framing;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

// What the strictest of servers makes of a request.
http::RequestHead read_again(const std::string& text) {
    http::HeadLimits wide{64UL * 1024, 256UL * 1024, 1000};
    http::HeadScanner scanner(wide, http::Strictness::strict);
    require(scanner.scan(text) == http::HeadScanner::Progress::whole);
    require(scanner.begin() == 0 && scanner.size() == text.size());
    http::RequestHead head;
    require(!http::judge_request(text, wide, head, http::Recipient::proxy));
    return head;
}

void pass_request(std::string_view text, proxy::Style style) {
    const http::HeadLimits limits;
    http::RequestHead request;
    if (http::judge_request(text, limits, request, http::Recipient::proxy)) return;
    proxy::Destination to;
    if (proxy::read_destination(request, style, to)) return;
    require(to.port != 0 || to.kind == proxy::Destination::Kind::proxy);
    require(to.url.find('@') == std::string::npos || to.target.find('@') != std::string::npos);
    (void)proxy::without_secrets(text);
    if (to.kind != proxy::Destination::Kind::server) return;
    proxy::RequestChanges changes;
    changes.pseudonym = "us";
    std::string sent;
    proxy::append_request_head(sent, request, to, changes);
    const auto again = read_again(sent);
    require(again.method == request.method && again.target == to.target);
    require(again.host == to.authority && again.minor_version == 1);
    require(again.framing.kind == request.framing.kind);
    require(again.framing.length == request.framing.length);
    require(proxy::has_passed(again.fields, "us"));
    for (const auto* name : {"proxy-authorization", "te", "keep-alive", "proxy-connection"})
        require(again.fields.count(name) == 0);
    require(again.fields.count("upgrade") == (proxy::asks_for_websocket(request) ? 1U : 0U));
}

void pass_response(std::string_view text, http::Strictness strictness) {
    const http::HeadLimits limits;
    http::ResponseHead response;
    if (!http::judge_response(text, "GET", limits, response, strictness).empty()) return;
    proxy::ResponseChanges changes;
    changes.pseudonym = "us";
    changes.framing = response.framing;
    std::string sent;
    proxy::append_response_head(sent, response, "GET", changes);
    http::HeadLimits wide{64UL * 1024, 256UL * 1024, 1000};
    http::ResponseHead again;
    require(http::judge_response(sent, "GET", wide, again, http::Strictness::strict).empty());
    require(again.status == response.status && again.reason == response.reason);
    require(again.framing.kind == response.framing.kind);
    require(again.framing.length == response.framing.length);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto strictness : {http::Strictness::strict, http::Strictness::lenient}) {
        http::HeadScanner scanner({}, strictness);
        if (scanner.scan(text) != http::HeadScanner::Progress::whole) continue;
        const auto raw = text.substr(scanner.begin(), scanner.size() - scanner.begin());
        pass_response(raw, strictness);
        if (strictness == http::Strictness::lenient) continue;
        pass_request(raw, proxy::Style::forward);
        pass_request(raw, proxy::Style::lab);
    }
    return 0;
}
