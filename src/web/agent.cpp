#include "nettool/web/agent.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/web/public_suffix.hpp"

#include <filesystem>

namespace nettool::web {
namespace {

constexpr std::uint64_t max_jar_bytes = 16UL * 1024 * 1024;

}  // namespace

void Agent::declare(cli::OptionSet& options) {
    options.group("Connection")
        .value("max-redirects", limits_.max_redirects, "N", "follow so many; 0: none")
        .value("max-time", limits_.max_time, "TIME",
               "give up an answer that takes longer; 0s: never")
        .value("proxy", proxy_, "URL",
               "ask through this proxy, whatever http_proxy and https_proxy say")
        .value("no-proxy", no_proxy_, "HOSTS",
               "but not for these: names, addresses, networks; *: all")
        .value("cookie-jar", cookie_file_, "FILE",
               "send the cookies of this file, and keep there what the servers set");
    dialer_.declare(options);
}

void Agent::check() const {
    dialer_.check();
    if (!proxy_.empty() && !proto::parse_proxy(proxy_))
        throw cli::UsageError("--proxy: bad value " + quoted(proxy_, 200) + " (http://HOST:PORT)");
    proto::parse_hosts(no_proxy_, [](const std::string& why) {
        throw cli::UsageError("--no-proxy: bad value: " + why);
    });
}

proto::ProxyRules Agent::proxies(const cli::Context& context) const {
    const auto warn = [&context](const std::string& text) {
        context.log.notice("the environment names a proxy that is none: " + quoted(text, 200));
    };
    auto rules = proto::proxy_rules_of(context.environment, warn);
    if (!proxy_.empty()) rules.for_http = rules.for_https = proto::parse_proxy(proxy_);
    if (!no_proxy_.empty()) rules.directly = proto::parse_hosts(no_proxy_, [](const auto&) {});
    return rules;
}

http::Client Agent::client(cli::Context& context) {
    limits_.timeout = dialer_.timeout();
    const bool hurries = limits_.max_time.count() > 0;
    if (hurries && (limits_.timeout.count() == 0 || limits_.max_time < limits_.timeout))
        limits_.timeout = limits_.max_time;
    if (!cookie_file_.empty()) {
        cookies_ = std::make_shared<proto::CookieJar>(proto::is_public_suffix);
        if (std::filesystem::exists(cookie_file_)) {
            const auto text = read_whole_file(cookie_file_, max_jar_bytes);
            if (const auto bad = cookies_->read(text, present_second()))
                throw Failure(Fault::local,
                              cookie_file_ + " is no cookie file: line " + std::to_string(*bad));
        }
    }
    return {dialer_.dialing(context), {limits_, proxies(context), cookies_}};
}

void Agent::save_cookies() const {
    if (!cookies_) return;
    WholeFile file(cookie_file_, {WholeFile::Existing::replace, false, WholeFile::owner_only});
    file.write(cookies_->file(present_second()));
    file.commit();
}

proto::Url url_of(const std::string& operand) {
    auto url = proto::parse_typed_url(operand);
    if (!url) throw cli::UsageError("not a URL of http or https: " + quoted(operand, 200));
    return *std::move(url);
}

}  // namespace nettool::web
