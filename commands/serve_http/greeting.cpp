#include "greeting.hpp"

#include "nettool/cli/qr_code.hpp"
#include "nettool/net/interfaces.hpp"

namespace nettool::commands {
namespace {

bool is_any(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

std::vector<net::Endpoint> places_of(const net::Endpoint& local) {
    if (!is_any(local.host)) return {local};
    std::vector<net::Endpoint> places;
    for (const auto& address : net::reachable_addresses()) {
        if (address.is_v6() && local.host == "0.0.0.0") continue;
        net::Endpoint place = local;
        place.host = address.to_string();
        places.push_back(place);
    }
    return places;
}

}  // namespace

std::string print(const Reachable& reachable) {
    auto text = "open " + reachable.url;
    if (!reachable.code.empty()) text += "\n" + reachable.code;
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

void greet(cli::Context& context, const net::Endpoint& local, bool tls, bool qr) {
    const bool here_only = net::is_loopback(local);
    if (local.is_unix || (here_only && !qr)) return;
    if (here_only) context.log.notice("only this machine can open that: --host :: lets others in");
    const auto places = places_of(local);
    bool first = true;
    for (const auto& place : places) {
        Reachable reachable;
        reachable.url = (tls ? "https://" : "http://") + to_string(place) + "/";
        if (qr && first) reachable.code = cli::qr_code(reachable.url);
        first = false;
        context.out.emit(reachable);
    }
    if (places.empty()) context.log.notice("this machine has no address that others can reach");
}

}  // namespace nettool::commands
