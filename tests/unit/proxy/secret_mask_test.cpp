#include "nettool/proxy/secret_mask.hpp"

#include <gtest/gtest.h>

namespace nettool::proxy {
namespace {

TEST(SecretMask, HidesWhatProvesWhoSomebodyIs) {
    EXPECT_EQ(without_secrets("GET http://u:p@h/a@b HTTP/1.1\r\nHost: h\r\nCOOKIE: a=b\r\n"
                              "Authorization:   Basic eDp5  \r\nX: authorization\r\n\r\n"),
              "GET http://<redacted 3 bytes>@h/a@b HTTP/1.1\r\nHost: h\r\n"
              "COOKIE: <redacted 3 bytes>\r\nAuthorization: <redacted 10 bytes>\r\n"
              "X: authorization\r\n\r\n");
    EXPECT_EQ(without_secrets("HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Secure\r\n\r\n"),
              "HTTP/1.1 200 OK\r\nSet-Cookie: <redacted 11 bytes>\r\n\r\n");
    EXPECT_EQ(without_secrets("HTTP/1.1 302 x\r\nLocation: https://u:p@h/\r\n\r\n"),
              "HTTP/1.1 302 x\r\nLocation: https://<redacted 3 bytes>@h/\r\n\r\n");
    EXPECT_EQ(without_secrets("HTTP/1.1 302 x\r\nLocation: //u:p@h/\r\n\r\n"),
              "HTTP/1.1 302 x\r\nLocation: //<redacted 3 bytes>@h/\r\n\r\n");
}

TEST(SecretMask, HidesItInMalformedHeadsToo) {
    for (const auto* head :
         {"GET / HTTP/1.1\r\nProxy-Authorization : Basic SECRET\r\n\r\n",
          "GET / HTTP/1.1\r\nCookie: a\r\n sid=SECRET\r\n\r\n",
          "GET http://user:SEC/SECRET@h/ HTTP/1.1\r\n\r\n",
          "CONNECT u:SECRET@h:443 HTTP/1.1\r\n\r\n", "GET u:SECRET@h/ HTTP/1.1\r\n\r\n",
          "GET http:/u:SECRET@h HTTP/1.1\r\n\r\n", "GET /u:SECRET@h/x HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\nCookie: SECRET\n\n",
          "GET / HTTP/1.1\r\nReferer: http://h:SEC/SECRET@h/\r\n\r\n"})
        EXPECT_EQ(without_secrets(head).find("SECRET"), std::string::npos) << head;
}

TEST(SecretMask, HidesItHoweverItIsCut) {
    const std::string head =
        "GET http://h/ HTTP/1.1\r\nCookie: a=SECRET; b=SECRET\r\nX: y\r\n\r\nPOST /z HTTP/1.1\r\n"
        "Authorization: SECRET\r\n\r\n";
    for (std::size_t cut = 1; cut < head.size(); ++cut) {
        SecretMask mask;
        auto shown = mask.masked(head.substr(0, cut));
        shown += mask.masked(head.substr(cut));
        EXPECT_EQ(shown.find("SEC"), std::string::npos) << cut << shown;
        EXPECT_NE(shown.find("X: y\r\n\r\nPOST /z"), std::string::npos) << cut;
    }
}

TEST(SecretMask, LeavesAllElseAsItIs) {
    for (const auto* head :
         {"GET http://h/@scope/a@b HTTP/1.1\r\nHost: h:80\r\nReferer: http://h/@x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nDate: Sun, 29 Nov 2026 15:00:00 GMT\r\n\r\nbody: a@b\n", "", "\r\n",
          "CONNECT [::1]:443 HTTP/1.1\r\n\r\n", "no head at all"})
        EXPECT_EQ(without_secrets(head), head);
}

}  // namespace
}  // namespace nettool::proxy
