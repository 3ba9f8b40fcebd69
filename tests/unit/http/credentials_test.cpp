#include "nettool/http/credentials.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/proto/web/base64.hpp"
#include "support/temporary_directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

namespace nettool::http {
namespace {

std::string admitted(const Credentials& credentials, const std::string& user_and_password,
                     const std::string& scheme = "Basic ") {
    asio::io_context io;
    std::string user = "nobody";
    const auto field = scheme + proto::base64(user_and_password);
    asio::co_spawn(
        io,
        [](const Credentials& known, const std::string& value,
           std::string& who) -> awaitable<void> {
            const auto found = co_await known.admit(value);
            if (found) who = *found;
        }(credentials, field, user),
        [](std::exception_ptr e) {
            if (e) std::rethrow_exception(e);
        });
    io.run();
    return user;
}

TEST(Credentials, AdmitWhoKnowsThePassword) {
    Credentials credentials;
    EXPECT_TRUE(credentials.add("ann:secret:with colons"));
    EXPECT_TRUE(credentials.add("bob:"));
    EXPECT_EQ(admitted(credentials, "ann:secret:with colons"), "ann");
    EXPECT_EQ(admitted(credentials, "ann:secret:with colons", "bAsIc  "), "ann");
    EXPECT_EQ(admitted(credentials, "bob:"), "bob");
    for (const auto* wrong :
         {"ann:secret", "ann:", "bob:x", "eve:secret:with colons", "ann", ":", ""})
        EXPECT_EQ(admitted(credentials, wrong), "nobody") << wrong;
    EXPECT_EQ(admitted(credentials, "ann:secret:with colons", "Bearer "), "nobody");
    EXPECT_EQ(admitted(credentials, "bob:", "Basic !"), "nobody") << "no base64";
}

TEST(Credentials, RefuseWhatCannotBeSent) {
    Credentials credentials;
    for (const auto* bad : {"", "ann", ":secret", "a\nb:secret"})
        EXPECT_FALSE(credentials.add(bad));
    EXPECT_TRUE(credentials.empty());
}

TEST(Credentials, ReadHashes) {
    const test::TemporaryDirectory directory;
    // openssl passwd -6 -salt salt secret; and bcrypt, as htpasswd -B writes it.
    test::write_file(directory.file("users"),
                     "# a class\n\nann:$6$salt$egUxKNxDs8kPfh8iPMNcosMhb2eWah6d3R44JDm5Rj/"
                     "j/XWR5E33QPd0YmHXoDHOIDR6kL5D3JcQcz0O8FHE00\n"
                     "eve:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n"
                     "bob:plain\r\n");
    Credentials credentials;
    credentials.add_file(directory.file("users"));
    EXPECT_EQ(admitted(credentials, "bob:plain"), "bob");
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(admitted(credentials, "ann:secret"), "ann") << "and the second time it is known";
        EXPECT_EQ(admitted(credentials, "eve:secret"), "eve");
    }
    for (int i = 0; i < 2; ++i) EXPECT_EQ(admitted(credentials, "ann:other"), "nobody");
    for (const auto* text : {"ann\n", "ann:$apr1$x$y\n", "# nobody\n"}) {
        test::write_file(directory.file("users"), text);
        EXPECT_THROW(Credentials().add_file(directory.file("users")), Failure) << text;
    }
}

}  // namespace
}  // namespace nettool::http
