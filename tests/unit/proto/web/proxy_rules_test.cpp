#include "nettool/proto/web/proxy_rules.hpp"

#include <gtest/gtest.h>

#include <map>

namespace nettool::proto {
namespace {

ProxyRules rules_of(std::map<std::string, std::string> environment, std::string* bad = nullptr) {
    return proxy_rules_of([&](const char* name) { return environment[name]; },
                          [&](const std::string& text) {
                              if (bad) *bad = text;
                          });
}

std::string proxy_for(const ProxyRules& rules, std::string_view url) {
    const auto* proxy = rules.proxy_for(*parse_url(url));
    return proxy ? proxy->authority() : "";
}

TEST(ProxyRules, ComeFromTheEnvironment) {
    const auto rules = rules_of({{"http_proxy", "http://a:3128/"}, {"HTTPS_PROXY", "b:8080"}});
    EXPECT_EQ(proxy_for(rules, "http://h/"), "a:3128");
    EXPECT_EQ(proxy_for(rules, "https://h/"), "b:8080");
    EXPECT_EQ(proxy_for(rules_of({{"all_proxy", "c"}}), "https://h/"), "c");
    EXPECT_EQ(proxy_for(rules_of({}), "http://h/"), "");
}

// Any request of anybody sets it in a CGI script (httpoxy).
TEST(ProxyRules, DoNotBelieveHttpProxyInUpperCase) {
    EXPECT_EQ(proxy_for(rules_of({{"HTTP_PROXY", "evil:1"}}), "http://h/"), "");
}

TEST(ProxyRules, SayWhichProxyIsNone) {
    std::string bad;
    EXPECT_EQ(proxy_for(rules_of({{"http_proxy", "socks5://a:1"}}, &bad), "http://h/"), "");
    EXPECT_EQ(bad, "socks5://a:1");
}

TEST(ProxyRules, LeaveSomeHostsAlone) {
    const auto directly = [](const std::string& no_proxy, std::string_view url) {
        return proxy_for(rules_of({{"http_proxy", "p:1"}, {"no_proxy", no_proxy}}), url).empty();
    };
    EXPECT_TRUE(directly("*", "http://h/"));
    EXPECT_TRUE(directly("a, example.com", "http://www.EXAMPLE.com/"));
    EXPECT_TRUE(directly(".example.com", "http://example.com/"));
    EXPECT_FALSE(directly("example.com", "http://badexample.com/"));
    EXPECT_TRUE(directly("h:81", "http://h:81/"));
    EXPECT_FALSE(directly("h:81", "http://h/"));
    EXPECT_TRUE(directly("127.0.0.0/8", "http://127.1.2.3/"));
    EXPECT_FALSE(directly("127.0.0.0/8", "http://128.1.2.3/"));
    EXPECT_TRUE(directly("10.1.2.3", "http://10.1.2.3:8080/"));
    EXPECT_FALSE(directly("2.3", "http://10.1.2.3/"));
    EXPECT_TRUE(directly("::1", "http://[::1]:8080/"));
    EXPECT_TRUE(directly("[fe80::]/10", "http://[fe80::1]/"));
    EXPECT_FALSE(directly("127.0.0.0/99", "http://127.0.0.1/"));
}

}  // namespace
}  // namespace nettool::proto
