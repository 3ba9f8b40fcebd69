#include "nettool/cli/dialer.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/wire_filter.hpp"
#include "nettool/net/resolver.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::cli {

void Dialer::declare(OptionSet& options) {
    options
        .value("timeout", timeout_, "TIME",
               "wait this long for a connection or an answer; 0s: for ever")
        .value("retry-connect", retry_, "TIME", "try a refused connection again for this long")
        .flag("insecure", insecure_, "accept any certificate")
        .value("cacert", ca_file_, "FILE", "believe only certificates signed by these (PEM)")
        .flag("ipv4,4", only_v4_, "use IPv4 only")
        .flag("ipv6,6", only_v6_, "use IPv6 only")
        .value("source", source_, "ADDR", "connect from this address");
}

void Dialer::check() const {
    if (only_v4_ && only_v6_) throw UsageError("-4 and -6 exclude one another");
    error_code not_literal;
    if (!source_.empty()) asio::ip::make_address(source_, not_literal);
    if (not_literal)
        throw UsageError("--source: bad value '" + escaped(source_) + "' (an address)");
}

net::Family Dialer::family() const {
    if (only_v4_) return net::Family::v4;
    return only_v6_ ? net::Family::v6 : net::Family::any;
}

awaitable<net::Stream> Dialer::dial(Context& context, net::Endpoint endpoint, bool tls,
                                    net::ConnectPhases* phases,
                                    std::chrono::milliseconds patience) const {
    net::ConnectOptions options;
    options.family = family();
    options.source = source_;
    options.timeout = timeout_;
    options.retry_refused = retry_.value_or(patience);
    options.phases = phases;
    options.stream.idle = timeout_;
    options.stream.taps = context.taps;
    if (context.print_filter) {
        auto shown = endpoint;
        if (const auto found = co_await net::resolve(endpoint.host, family()))
            shown.host = net::address_text(found->front());
        show_filter(context, shown, Traffic::stream);
    }
    auto stream = co_await net::connect(endpoint, std::move(options));
    show_filter(context, stream.flow().peer, Traffic::stream);
    context.log.detail("connected to " + to_string(stream.flow().peer) + " from " +
                       to_string(stream.flow().local));
    if (tls) co_await shake_hands(context, stream, endpoint);
    if (tls && phases) phases->secured = std::chrono::steady_clock::now();
    co_return stream;
}

Dialer::Dial Dialer::dialing(Context& context) const {
    return [this, &context](net::Endpoint endpoint, bool tls, net::ConnectPhases* phases) {
        return dial(context, std::move(endpoint), tls, phases);
    };
}

awaitable<void> Dialer::shake_hands(Context& context, net::Stream& stream,
                                    const net::Endpoint& endpoint) const {
    net::Trust trust;
    trust.verify = !insecure_;
    trust.ca_file = ca_file_;
    auto tls = net::client_tls(trust, context.key_log_file);
    const auto peer = to_string(endpoint);
    const auto shaken = co_await stream.start_tls(std::move(tls), endpoint.host);
    if (shaken) co_return;
    const error_code ec = shaken.error();
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    const auto refusal = trust.verify ? stream.refusal() : std::string();
    if (refusal.empty()) throw Failure(Fault::network, "speak TLS with " + peer, ec);
    throw Failure(Fault::network, "the certificate of " + peer + " is not to be believed: " +
                                      refusal + "; --cacert FILE or --insecure would accept it");
}

}  // namespace nettool::cli
