#include "support/fetch.hpp"

namespace nettool::test {
namespace {

using cli::ExitCode;

/// A server of one file that keeps its promises about ranges, and breaks connections.
class FetchResume : public FetchInto {
protected:
    std::string body = "0123456789abcdefghij";
    std::string etag = "\"v1\"";
    std::string fields;
    std::size_t cut = std::string::npos;  // bytes of the next answer that are sent
    HttpSite site{[this](const std::string& head) { return reply(head); }};

    std::string reply(const std::string& head) const {
        std::string text;
        const auto range = head.find("Range: bytes=");
        const auto condition = head.find("If-Range: ");
        const bool same =
            condition != head.npos && head.substr(condition + 10, etag.size()) == etag;
        const auto common = (etag.empty() ? "" : "ETag: " + etag + "\r\n") + fields;
        if (range != head.npos && same) {
            const auto first = std::stoul(head.substr(range + 13));
            const auto size = std::to_string(body.size());
            text = first >= body.size()
                       ? answer("", "Content-Range: bytes */" + size + "\r\n" + common,
                                "416 Range Not Satisfiable")
                       : answer(body.substr(first),
                                "Content-Range: bytes " + std::to_string(first) + "-" +
                                    std::to_string(body.size() - 1) + "/" + size + "\r\n" + common,
                                "206 Partial Content");
        } else {
            text = answer(body, common);
        }
        return text.substr(0, cut);
    }

    Outcome get(std::vector<std::string> options = {}) {
        options.insert(options.end(), {"-o", file(), site.url("/f"), "--timeout=2s"});
        return fetch(options);
    }
};

TEST_F(FetchResume, GoesOnWhereTheConnectionWasLost) {
    cut = answer(body, "ETag: " + etag + "\r\n").size() - 12;
    const auto lost = get();
    EXPECT_EQ(lost.code, ExitCode::network);
    EXPECT_TRUE(contains(lost.log, "was cut short after 8 of 20 bytes")) << lost.log;
    EXPECT_TRUE(contains(lost.log, "the 8 bytes of " + file() + " that came are kept")) << lost.log;
    EXPECT_EQ(names(), ".x.part ");
    cut = std::string::npos;
    const auto outcome = get({"--resume"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(contents(file()), body);
    EXPECT_EQ(names(), "x ");
    EXPECT_TRUE(contains(site.requests().back(), "Range: bytes=8-\r\nIf-Range: \"v1\"\r\n"));
}

// Whatever is lost at whatever byte: nothing under the name, and the rest the next time.
TEST_F(FetchResume, SurvivesALossAtEveryByte) {
    const auto whole = reply("");
    for (std::size_t at = 0; at < whole.size(); ++at) {
        cut = at;
        const auto lost = get();
        EXPECT_EQ(lost.code, ExitCode::network) << at << ": " << lost.log;
        EXPECT_FALSE(std::filesystem::exists(file())) << at;
        cut = std::string::npos;
        EXPECT_EQ(get({"--resume"}).code, ExitCode::ok) << at;
        EXPECT_EQ(contents(file()), body) << at;
        std::filesystem::remove(file());
    }
}

TEST_F(FetchResume, BeginsAnewWhenTheFileHasChanged) {
    cut = reply("").size() - 5;
    EXPECT_EQ(get().code, ExitCode::network);
    cut = std::string::npos;
    body = "something else";
    etag = "\"v2\"";
    EXPECT_EQ(get({"--resume"}).code, ExitCode::ok);
    EXPECT_EQ(contents(file()), body);
}

TEST_F(FetchResume, KeepsNothingThatCannotBeGoneOnWith) {
    for (const auto& [tag, more] :
         {std::pair(std::string("W/\"weak\""), std::string()),
          std::pair(std::string(), std::string()),
          std::pair(std::string("\"v\""), std::string("Accept-Ranges: none\r\n"))}) {
        etag = tag;
        fields = more;
        cut = std::string::npos;
        cut = reply("").size() - 5;
        EXPECT_EQ(get().code, ExitCode::network);
        EXPECT_EQ(names(), "") << tag << more;
    }
}

TEST_F(FetchResume, UsesADateThatIsStrong) {
    etag = "";
    fields =
        "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    cut = reply("").size() - 5;
    EXPECT_EQ(get().code, ExitCode::network);
    EXPECT_EQ(names(), "") << "it may have changed twice in that second";
    fields =
        "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
    EXPECT_EQ(get().code, ExitCode::network);
    EXPECT_EQ(names(), ".x.part ");
    cut = std::string::npos;
    EXPECT_EQ(get({"--resume"}).code, ExitCode::ok);
    EXPECT_TRUE(contains(site.requests().back(), "If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
}

TEST_F(FetchResume, ForgetsWhatAnotherUrlHasLeft) {
    cut = reply("").size() - 5;
    EXPECT_EQ(get().code, ExitCode::network);
    cut = std::string::npos;
    EXPECT_EQ(fetch({"-o", file(), "--resume", site.url("/other")}).code, ExitCode::ok);
    EXPECT_FALSE(contains(site.requests().back(), "Range:"));
    EXPECT_EQ(contents(file()), body);
}

TEST_F(FetchResume, FinishesWhatWasWholeAlready) {
    cut = reply("").size() - 1;
    EXPECT_EQ(get().code, ExitCode::network);
    body.pop_back();
    cut = std::string::npos;
    const auto outcome = get({"--resume"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(contents(file()), body);
}

TEST_F(FetchResume, BeginsAnewWhereThereIsNoSuchPart) {
    int answers = 0;
    HttpSite odd([&](const std::string& head) {
        if (contains(head, "If-Range")) return answer("", "", "416 Range Not Satisfiable");
        const auto text = reply("");
        return answers++ == 0 ? text.substr(0, text.size() - 5) : text;
    });
    EXPECT_EQ(fetch({"-o", file(), odd.url()}).code, ExitCode::network);
    EXPECT_EQ(fetch({"-o", file(), odd.url(), "--resume"}).code, ExitCode::ok);
    EXPECT_EQ(contents(file()), body);
}

TEST_F(FetchResume, BelievesNoWrongPart) {
    HttpSite liar([this](const std::string& head) {
        if (contains(head, "If-Range"))
            return answer("abc", "Content-Range: bytes 3-5/20\r\n", "206 Partial Content");
        const auto text = reply(head);
        return text.substr(0, text.size() - 5);
    });
    EXPECT_EQ(fetch({"-o", file(), liar.url()}).code, ExitCode::network);
    const auto outcome = fetch({"-o", file(), liar.url(), "--resume"});
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_TRUE(contains(outcome.log, "another part than was asked for: \"bytes 3-5/20\""))
        << outcome.log;
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(FetchResume, ChecksTheDigestOfTheWholeFile) {
    constexpr auto sha256 = "3a6ac7e8ff2c9a0fb1b9a6e8e3d2a2c1c1b1a1f1e1d1c1b1a191817161514131";
    cut = reply("").size() - 5;
    EXPECT_EQ(get().code, ExitCode::network);
    cut = std::string::npos;
    const auto wrong = get({"--resume", "--checksum", std::string("sha256:") + sha256});
    EXPECT_EQ(wrong.code, ExitCode::local);
    EXPECT_TRUE(contains(wrong.log, "is not what it should be: its sha256 is ")) << wrong.log;
    EXPECT_EQ(names(), "") << "nothing of it is worth keeping";
    cut = reply("").size() - 5;
    EXPECT_EQ(get().code, ExitCode::network);
    cut = std::string::npos;
    const auto begin = wrong.log.find("its sha256 is ") + 14;
    const auto right = wrong.log.substr(begin, 64);
    EXPECT_EQ(get({"--resume", "--checksum", "SHA-256:" + right}).code, ExitCode::ok);
    EXPECT_EQ(contents(file()), body);
}

TEST_F(FetchResume, TriesAgainAndGoesOnByItself) {
    std::size_t asked = 0;
    HttpSite flaky([&](const std::string& head) {
        ++asked;
        cut = std::string::npos;
        auto text = reply(head);
        return asked < 3 ? text.substr(0, text.size() - 3) : text;
    });
    const auto outcome = fetch({"-o", file(), flaky.url(), "--retry=3", "--max-wait=10ms"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(contents(file()), body);
    EXPECT_TRUE(contains(outcome.log, "again in 0.0 s (retry 1 of 3)")) << outcome.log;
    EXPECT_TRUE(contains(flaky.requests().at(1), "Range: bytes=17-\r\n")) << flaky.requests()[1];
    asked = 0;
    EXPECT_EQ(fetch({flaky.url(), "--retry=3", "--max-wait=10ms"}).output, body)
        << "standard output goes on, too";
}

TEST_F(FetchResume, TakesNothingBackFromStandardOutput) {
    std::size_t asked = 0;
    HttpSite changing([&](const std::string& head) {
        etag = "\"v" + std::to_string(++asked) + "\"";
        const auto text = reply(head);
        return asked < 2 ? text.substr(0, text.size() - 3) : text;
    });
    const auto outcome = fetch({changing.url(), "--retry=1", "--max-wait=10ms"});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(contains(outcome.log, "has changed, and its beginning is written already"))
        << outcome.log;
}

TEST_F(FetchResume, WaitsAsLongAsTheServerAsks) {
    std::size_t asked = 0;
    HttpSite busy([&](const std::string&) {
        return ++asked == 1 ? answer("", "Retry-After: 0\r\n", "503 Service Unavailable")
                            : answer("here");
    });
    EXPECT_EQ(fetch({busy.url(), "--retry=1"}).output, "here");
    asked = 0;
    EXPECT_EQ(fetch({busy.url()}).code, ExitCode::refused) << "it is not asked again";
    HttpSite patient([](const std::string&) {
        return answer("", "Retry-After: 3600\r\n", "429 Too Many Requests");
    });
    EXPECT_EQ(fetch({patient.url(), "--retry=5", "--max-wait=1s"}).code, ExitCode::refused);
    EXPECT_EQ(patient.requests().size(), 1U) << "longer than we may wait";
}

TEST_F(FetchResume, DoesNotRepeatAPost) {
    const HttpSite gone([](const std::string&) { return std::string(); });
    EXPECT_EQ(fetch({gone.url(), "--data=x", "--retry=3", "--max-wait=10ms"}).code,
              ExitCode::network);
    EXPECT_EQ(gone.requests().size(), 1U);
}

TEST_F(FetchResume, MakesSenseOfItsOptions) {
    EXPECT_EQ(fetch({"http://a/", "--resume"}).code, ExitCode::usage);
    EXPECT_EQ(fetch({"http://a/", "-J", "--resume"}).code, ExitCode::usage);
    EXPECT_EQ(fetch({"http://a/", "-O", "--resume", "--range=1-2"}).code, ExitCode::usage);
    EXPECT_EQ(fetch({"http://a/", "--checksum=sha256:12"}).code, ExitCode::usage);
    EXPECT_EQ(fetch({"http://a/", "--checksum=crc:12"}).code, ExitCode::usage);
    const auto md5 = "--checksum=md5:" + std::string(32, '0');
    EXPECT_EQ(fetch({"http://a/", md5, "--range=1-2"}).code, ExitCode::usage);
    EXPECT_EQ(fetch({"http://a/", "--range=a-b"}).code, ExitCode::usage);
    EXPECT_EQ(fetch({"http://a/", "--form=x", "--data=y"}).code, ExitCode::usage);
    EXPECT_EQ(fetch({"http://a/", "--form=x"}).code, ExitCode::usage);
    EXPECT_EQ(fetch({"http://a/", "--proxy=socks5://x"}).code, ExitCode::usage);
}

}  // namespace
}  // namespace nettool::test
