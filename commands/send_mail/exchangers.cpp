#include "exchangers.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/net/dns_question.hpp"
#include "nettool/proto/mail/mail_exchangers.hpp"
#include "nettool/proto/web/url_host.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <map>
#include <random>

namespace nettool::commands {
namespace {

using proto::SmtpFailure;

// `[192.0.2.1]` names a host by itself.
std::optional<std::string> literal_of(const std::string& domain) {
    if (!domain.starts_with('[')) return std::nullopt;
    auto address = domain.substr(1, domain.size() - 2);
    constexpr std::string_view v6 = "IPv6:";
    if (equal_ignoring_case(address.substr(0, v6.size()), v6)) address.erase(0, v6.size());
    return address;
}

awaitable<proto::ExchangerPlan> plan_for(const Place& place, std::string domain) {
    if (auto literal = literal_of(domain)) {
        proto::ExchangerPlan plan;
        plan.hosts.push_back(std::move(*literal));
        co_return plan;
    }
    const auto name = is_ascii(domain) ? domain : proto::domain_to_ascii(domain).value_or(domain);
    const auto bytes = co_await net::ask_dns(name, net::DnsType::mx, place.name_server());
    if (bytes.error() == asio::error::operation_aborted)
        throw boost::system::system_error(bytes.error());
    auto answer = bytes ? proto::parse_exchanger_answer(*bytes) : proto::ExchangerAnswer();
    std::random_device device;
    const auto random = [&device](std::size_t n) { return device() % n; };
    co_return proto::plan_exchangers(name, std::move(answer), random);
}

awaitable<cli::ExitCode> deliver_to(Delivery::Parts parts, std::string domain,
                                    std::vector<proto::MailPath> recipients) {
    const auto plan = co_await plan_for(parts.place, domain);
    if (plan.hosts.empty()) {
        SmtpFailure failure;
        failure.kind = plan.temporary ? SmtpFailure::Kind::lost : SmtpFailure::Kind::refused;
        failure.text = plan.refusal;
        failure.temporary = plan.temporary;
        co_return Delivery::report(parts.context, failure, domain, {}, {});
    }
    std::vector<net::Endpoint> servers;
    for (const auto& host : plan.hosts) servers.push_back(parts.place.exchanger(host));
    Delivery delivery(parts, std::move(servers), std::move(recipients));
    co_return co_await delivery.run();
}

}  // namespace

awaitable<cli::ExitCode> deliver_to_exchangers(Delivery::Parts parts) {
    std::map<std::string, std::vector<proto::MailPath>> by_domain;
    for (const auto& path : parts.letter.recipients())
        by_domain[ascii_lowered(path.domain)].push_back(path);
    auto worst = cli::ExitCode::ok;
    for (const auto& [domain, recipients] : by_domain) {
        const auto code = co_await deliver_to(parts, domain, recipients);
        worst = std::max(worst, code);
    }
    co_return worst;
}

}  // namespace nettool::commands
