#include "nettool/proxy/head_changes.hpp"

#include "support/transaction.hpp"

#include <gtest/gtest.h>

namespace nettool::proxy {
namespace {

// `=Host -Keep-Alive +Via ~Content-Length `
std::string text_of(const HeadChanges& changes) {
    std::string text;
    for (const auto& field : changes.fields)
        (text += "=+-~"[static_cast<int>(field.kind)]).append(field.name).append(" ");
    return text;
}

const FieldChange& change_of(const HeadChanges& changes, std::string_view name) {
    for (const auto& field : changes.fields)
        if (field.name == name) return field;
    throw std::invalid_argument("no such field");
}

TEST(HeadChanges, CompareFieldByField) {
    const auto heads = test::sample_transaction().heads;
    const auto request =
        changes_between(heads.request_received, heads.request_sent, HeadOf::request);
    EXPECT_EQ(text_of(request), "=Host -Proxy-Connection =X-Own +Via ");
    EXPECT_EQ(request.line_after, "GET /x?a=1&b=%C3%A4+c HTTP/1.1");
    EXPECT_EQ(request.reason.source, "RFC 9112 §3.2");
    EXPECT_EQ(change_of(request, "Via").after, "1.1 nettool");
    EXPECT_EQ(change_of(request, "Via").before, std::nullopt);
    const auto response =
        changes_between(heads.response_received, heads.response_sent, HeadOf::response);
    EXPECT_EQ(text_of(response), "=Content-Type =Content-Length -Connection +Via ");
    EXPECT_EQ(response.reason.why, "");
}

TEST(HeadChanges, DoNotMindOrderAndCase) {
    const auto changes = changes_between("A / B\r\nX: 1\r\nY: 2\r\nX: 3\r\n\r\n",
                                         "A / B\r\nx: 3\r\ny: 2\r\nx: 1\r\n\r\n", HeadOf::request);
    EXPECT_EQ(text_of(changes), "=X =Y =X ");
}

TEST(HeadChanges, MatchRepeatedFieldsOneByOne) {
    const auto changes =
        changes_between("A\r\nVia: a\r\nVia: b\r\nX: 1\r\n\r\n",
                        "A\r\nVia: a\r\nVia: b, c\r\nX: 1\r\nX: 1\r\n\r\n", HeadOf::response);
    EXPECT_EQ(text_of(changes), "=Via ~Via =X +X ");
}

TEST(HeadChanges, SayWhy) {
    const auto changes = changes_between(
        "GET http://h/ HTTP/1.1\r\nHost: evil\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\n"
        "TE: trailers\r\nProxy-Authorization: <redacted 9 bytes>\r\nX-Lost: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nVia: 1.1 p\r\n\r\n", HeadOf::request);
    EXPECT_EQ(text_of(changes), "~Host -Connection -X-Hop -TE -Proxy-Authorization -X-Lost +Via ");
    EXPECT_EQ(change_of(changes, "Host").reason.source, "RFC 9112 §3.2.2");
    EXPECT_EQ(change_of(changes, "Connection").reason.source, "RFC 9110 §7.6.1");
    EXPECT_EQ(change_of(changes, "X-Hop").reason.why,
              "Connection names it, so it is for one connection only");
    EXPECT_EQ(change_of(changes, "TE").reason.source, "RFC 9110 §10.1.4");
    EXPECT_EQ(change_of(changes, "Proxy-Authorization").reason.source, "RFC 9110 §11.7.2");
    EXPECT_EQ(change_of(changes, "X-Lost").reason.why, "");
    EXPECT_EQ(change_of(changes, "Via").reason.source, "RFC 9110 §7.6.3");
}

TEST(HeadChanges, BearHeadsThatAreNotThere) {
    const auto own =
        changes_between("", "HTTP/1.1 502 Bad Gateway\r\nVia: x\r\n\r\n", HeadOf::response);
    EXPECT_EQ(own.reason.why, "the proxy has answered by itself");
    EXPECT_EQ(text_of(own), "=Via ");
    EXPECT_EQ(own.fields[0].reason.why, "");
    const auto refused = changes_between("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "", HeadOf::request);
    EXPECT_EQ(refused.reason.why, "nothing was sent to a server");
    EXPECT_EQ(text_of(changes_between("", "", HeadOf::request)), "");
    EXPECT_EQ(text_of(changes_between("\xff", "x", HeadOf::request)), "");
}

}  // namespace
}  // namespace nettool::proxy
