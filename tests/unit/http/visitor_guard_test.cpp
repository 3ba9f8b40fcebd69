#include "nettool/http/visitor_guard.hpp"

#include <gtest/gtest.h>

namespace nettool::http {
namespace {

using What = VisitorGuard::What;

unsigned status_of(std::string_view host, std::initializer_list<Field> fields,
                   What what = What::contents) {
    RequestHead request;
    request.host = host;
    for (const auto& field : fields) request.fields.add(field);
    const auto refusal = VisitorGuard({"box.example"}).judge(request, what);
    return refusal ? refusal->status : 200;
}

TEST(VisitorGuard, KnowsWhatTheServerIsCalled) {
    for (const auto* host : {"localhost", "LOCALHOST.:80", "127.0.0.1:8025", "[::1]:80", "::1",
                             "10.1.2.3", "box.example", "BOX.example.:1"})
        EXPECT_EQ(status_of(host, {}), host == std::string_view("::1") ? 421u : 200u) << host;
    for (const auto* host : {"", "evil.example", "box.example.evil.example", "127.0.0.1x", "["})
        for (const auto what : {What::page, What::contents})
            EXPECT_EQ(status_of(host, {}, what), 421u) << host;
}

TEST(VisitorGuard, LetsOtherSitesSeeNothingButThePage) {
    const Field own{"Origin", "http://localhost:1"}, cross{"Sec-Fetch-Site", "cross-site"};
    EXPECT_EQ(status_of("localhost:1", {own, {"Sec-Fetch-Site", "same-origin"}}), 200u);
    EXPECT_EQ(status_of("localhost:1", {{"Sec-Fetch-Site", "none"}}), 200u);
    EXPECT_EQ(status_of("localhost:1", {own, cross}), 403u);
    EXPECT_EQ(status_of("localhost:1", {{"Origin", "null"}}), 403u);
    EXPECT_EQ(status_of("localhost:1", {{"Origin", "https://localhost:1"}}), 403u);
    EXPECT_EQ(status_of("localhost:2", {own}), 403u);
    EXPECT_EQ(status_of("localhost:1", {cross}, What::page), 200u) << "a link leads here";
}

TEST(VisitorGuard, NamesTheHostWithoutItsPort) {
    EXPECT_EQ(host_name("a.example:80"), "a.example");
    EXPECT_EQ(host_name("[::1]:80"), "::1");
    EXPECT_EQ(host_name("["), "");
    EXPECT_EQ(host_name(""), "");
}

}  // namespace
}  // namespace nettool::http
