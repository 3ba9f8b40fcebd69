#include "nettool/cli/dialer.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/wire_filter.hpp"
#include "nettool/net/resolver.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace nettool::cli {
namespace {

// The options that would accept it.
std::string would_help(const net::CertificateRefusal& refusal) {
    return (refusal.wants_an_authority ? "--cacert FILE, " : "") +
           ("--tls-fingerprint " + refusal.fingerprint) + " or --insecure would accept it";
}

}  // namespace

void Dialer::declare(OptionSet& options) {
    options
        .value("timeout", timeout_, "TIME",
               "wait this long for a connection or an answer; 0s: for ever")
        .value("connect-timeout", connect_timeout_, "TIME",
               "the same for a connection alone, if it is to be another time")
        .value("retry-connect", retry_, "TIME", "try a refused connection again for this long")
        .flag("insecure", insecure_, "accept any certificate")
        .value("cacert", ca_file_, "FILE", "believe only certificates signed by these (PEM)")
        .value("tls-fingerprint", fingerprint_, "SHA256",
               "believe only the certificate with this fingerprint, whatever else is wrong with it")
        .flag("ipv4,4", only_v4_, "use IPv4 only")
        .flag("ipv6,6", only_v6_, "use IPv6 only")
        .value("source", source_, "ADDR", "connect from this address");
}

void Dialer::check() const {
    if (only_v4_ && only_v6_) throw UsageError("-4 and -6 exclude one another");
    if (insecure_ && !fingerprint_.text.empty())
        throw UsageError("--insecure and --tls-fingerprint exclude one another");
    error_code not_literal;
    if (!source_.empty()) asio::ip::make_address(source_, not_literal);
    if (not_literal)
        throw UsageError("--source: bad value '" + escaped(source_) + "' (an address)");
}

void Dialer::check_trust(const Context& context) const {
    if (!ca_file_.empty()) (void)tls(context);
}

net::Family Dialer::family() const {
    if (only_v4_) return net::Family::v4;
    return only_v6_ ? net::Family::v6 : net::Family::any;
}

awaitable<net::Stream> Dialer::connect(Context& context, net::Endpoint endpoint,
                                       net::ConnectOptions options) const {
    options.family = family();
    options.source = source_;
    options.timeout = connect_timeout();
    options.stream.idle = timeout_;
    options.stream.taps = context.taps;
    if (context.print_filter) {
        auto shown = endpoint;
        if (!options.addresses.empty())
            shown.host = net::address_text(options.addresses.front());
        else if (const auto found = co_await net::resolve(endpoint.host, family()))
            shown.host = net::address_text(found->front());
        show_filter(context, shown, Traffic::stream);
    }
    auto stream = co_await net::connect(std::move(endpoint), std::move(options));
    show_filter(context, stream.flow().peer, Traffic::stream);
    context.log.detail("connected to " + to_string(stream.flow().peer) + " from " +
                       to_string(stream.flow().local));
    co_return stream;
}

awaitable<net::Stream> Dialer::dial(Context& context, net::Endpoint endpoint, bool secured,
                                    net::ConnectPhases* phases,
                                    std::chrono::milliseconds patience) const {
    net::ConnectOptions options;
    options.retry_refused = retry_.value_or(patience);
    options.phases = phases;
    auto stream = co_await connect(context, endpoint, std::move(options));
    if (secured) co_await shake_hands(tls(context), stream, endpoint);
    if (secured && phases) phases->secured = std::chrono::steady_clock::now();
    co_return stream;
}

net::Dialing Dialer::dialing(Context& context) const {
    net::Dialing dialing;
    dialing.connect = [this, &context](net::DialRequest request) {
        net::ConnectOptions options;
        options.reach = request.reach;
        options.addresses = std::move(request.addresses);
        options.retry_refused = retry_.value_or(std::chrono::milliseconds(0));
        options.phases = request.phases;
        return connect(context, std::move(request.endpoint), std::move(options));
    };
    dialing.secure = [this, &context, shared = std::make_shared<net::TlsContext>()](
                         net::Stream& stream, net::Endpoint endpoint) {
        if (!*shared) *shared = tls(context);
        return shake_hands(*shared, stream, std::move(endpoint));
    };
    return dialing;
}

awaitable<std::string> Dialer::secure(Context& context, net::Stream& stream, net::Endpoint endpoint,
                                      net::Stream::Doubt doubt) const {
    if (judges_certificates()) doubt = net::Stream::Doubt::fails;
    co_await shake_hands(tls(context), stream, std::move(endpoint), doubt);
    const auto refusal = stream.refusal();
    co_return refusal ? refusal->reason : std::string();
}

net::TlsContext Dialer::tls(const Context& context) const {
    net::Trust trust;
    trust.verify = !insecure_;
    trust.ca_file = ca_file_;
    trust.fingerprint = fingerprint_;
    return net::client_tls(trust, context.key_log_file);
}

awaitable<void> Dialer::shake_hands(net::TlsContext tls, net::Stream& stream,
                                    net::Endpoint endpoint, net::Stream::Doubt doubt) {
    const auto peer = to_string(endpoint);
    const auto host = endpoint.is_unix ? std::string("localhost") : endpoint.host;
    const auto shaken = co_await stream.start_tls(std::move(tls), host, doubt);
    if (shaken) co_return;
    const error_code ec = shaken.error();
    if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
    const auto refusal = stream.refusal();
    if (!refusal) throw Failure(Fault::network, "speak TLS with " + peer, ec);
    throw Failure(Fault::network, "the certificate of " + peer + " is not to be believed: " +
                                      refusal->reason + "; " + would_help(*refusal));
}

}  // namespace nettool::cli
