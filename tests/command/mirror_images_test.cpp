#include "support/mirror_images.hpp"

namespace nettool::test {
namespace {

using cli::ExitCode;

TEST_F(MirrorImages, GetsTheGalleryThatTheTestsShip) {
    RunningCommand server("serve-http", {NETTOOL_SOURCE_DIR "/tests/data/gallery", "--port=0"});
    const auto url = "http://" + to_string(server.endpoint()) + "/";
    const auto outcome = run_to_end("mirror-images", {url, "-d", pictures(), "--all"});
    EXPECT_EQ(outcome.code, ExitCode::refused) << "one is no picture";
    EXPECT_TRUE(contains(outcome.log, "/img/error.png is text (image/png), and no image"))
        << outcome.log;
    EXPECT_TRUE(contains(outcome.output, "26 images: 24 saved, 1 linked, 1 failed, 3 skipped; "))
        << outcome.output;
    EXPECT_EQ(
        names(),
        "Green-2.png background.png blue.png button.png drawing.svg d\xc3\xa9j\xc3\xa0 vu.png "
        "extensionless.png favicon.ico green.png imported.png inline.png large.png late.png "
        "later.png noscript.png photo.jpg photo.webp poster.png red-2.png red.png retina.png "
        "share.png small.png tile.png wrong.jpg.png ");
    EXPECT_TRUE(std::filesystem::equivalent(pictures() + "/red.png", pictures() + "/red-2.png"));

    const auto again = run_to_end("mirror-images", {url, "-d", pictures(), "--all"});
    EXPECT_TRUE(contains(again.output, "26 images: 25 unchanged, 1 failed, 3 skipped; 0 B"))
        << again.output;
}

TEST_F(MirrorImages, SavesNoPageAsAPicture) {
    const HttpSite site(
        {{"/", answer("<img src=a.png><img src=b.png><img src=c.png><img src=d.png>", html)},
         {"/a.png", answer("<html>error</html>", "Content-Type: image/png\r\n")},
         {"/b.png", answer("")},
         {"/c.png", answer("\x01\x02\x03", "Content-Type: application/pdf\r\n")},
         {"/d.png", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n" + png}});
    const auto outcome = mirror(site);
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(contains(outcome.log, "a.png is text (image/png), and no image")) << outcome.log;
    EXPECT_TRUE(contains(outcome.log, "b.png is empty")) << outcome.log;
    EXPECT_TRUE(contains(outcome.log, "c.png is no known image (application/pdf)")) << outcome.log;
    EXPECT_TRUE(contains(outcome.log, "d.png was cut short after 8 of 99 bytes")) << outcome.log;
    EXPECT_EQ(names(), "");
}

TEST_F(MirrorImages, SaysWhatItWouldDo) {
    const HttpSite site({{"/", answer("<img src=a.png data-src='{{b}}'>", html)}});
    const auto outcome = mirror(site, {"--dry-run"}, cli::Output::Format::json);
    EXPECT_EQ(outcome.code, ExitCode::ok);
    EXPECT_TRUE(contains(outcome.output, R"("source":"src","result":"planned")")) << outcome.output;
    EXPECT_FALSE(std::filesystem::exists(pictures()));
    EXPECT_EQ(site.requests().size(), 1U);
}

TEST_F(MirrorImages, AsksForNoMoreThanItIsTold) {
    const HttpSite site({{"/", answer("<img src=a.png srcset='b.png 1x, c.png 2x'>"
                                      "<link rel=icon href=d.png><p style='background:url(e.png)'>",
                                      html)}});
    const auto planned = [&](std::vector<std::string> options) {
        options.emplace_back("--dry-run");
        auto text = mirror(site, std::move(options)).output;
        for (auto at = text.find(site.url()); at != text.npos; at = text.find(site.url()))
            text.erase(at, site.url().size());
        std::ranges::replace(text, '\n', ' ');
        return text;
    };
    EXPECT_EQ(planned({}), "a.png b.png c.png d.png e.png ");
    EXPECT_EQ(planned({"--only=src"}), "a.png ");
    EXPECT_EQ(planned({"--only=icon", "--only=css"}), "d.png e.png ");
    EXPECT_EQ(planned({"--pick=best"}), "c.png d.png e.png ");
    EXPECT_EQ(planned({"--max-images=2"}), "a.png b.png ");
    EXPECT_EQ(mirror(site, {"--only=nothing"}).code, ExitCode::usage);
}

TEST_F(MirrorImages, KeepsToRobotsTxtIfTold) {
    HttpSite site({{"/", answer("<img src=a.png><img src=private/b.png>", html)},
                   {"/robots.txt", answer("User-agent: *\nDisallow: /private/\n")},
                   {"/a.png", answer(png + "a")},
                   {"/private/b.png", answer(png + "b")}});
    const auto outcome = mirror(site, {"--robots"});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_TRUE(contains(outcome.log, "/private/b.png is not for robots")) << outcome.log;
    EXPECT_EQ(names(), "a.png ");
    EXPECT_EQ(site.requests("/robots.txt").size(), 1U) << "for the page and its images";
    site.set("/robots.txt", answer("", "", "503 Busy"));
    EXPECT_TRUE(contains(mirror(site, {"--robots"}).log, "/ is not for robots"));
    EXPECT_EQ(mirror(site).code, ExitCode::ok);
}

TEST_F(MirrorImages, ReadsAPageInItsCharacterSet) {
    const HttpSite site(
        {{"/", answer("<img src='\xfc.png'>", "Content-Type: text/html; charset=ISO-8859-1\r\n")},
         {"/%C3%BC.png", answer(png)}});
    EXPECT_EQ(mirror(site).code, ExitCode::ok);
    EXPECT_EQ(names(), "\xc3\xbc.png ");
}

TEST_F(MirrorImages, FollowsTheBaseAndRedirects) {
    const HttpSite site({{"/", answer("<base href='/deep/'><img src=a.png>", html)},
                         {"/deep/a.png", answer("moved", "Location: /b.png\r\n", "302 Found")},
                         {"/b.png", answer(png)}});
    EXPECT_EQ(mirror(site).code, ExitCode::ok);
    EXPECT_EQ(names(), "a.png ");
    EXPECT_TRUE(contains(site.requests("/b.png").front(), "Referer: " + site.url()));
}

TEST_F(MirrorImages, GoesOnWhereAStyleSheetIsMissing) {
    const HttpSite site({{"/", answer("<link rel=stylesheet href=no.css><img src=a.png>", html)},
                         {"/a.png", answer(png)}});
    const auto outcome = mirror(site);
    EXPECT_EQ(outcome.code, ExitCode::ok);
    EXPECT_TRUE(contains(outcome.log, "style sheet: " + site.url("/no.css") + ": 404"))
        << outcome.log;
}

TEST_F(MirrorImages, IsBounded) {
    HttpSite site({{"/", answer("<img src=a.png><img src=b.png>", html)},
                   {"/a.png", answer(png + std::string(5000, 'a'))},
                   {"/b.png", answer(png + std::string(5000, 'b'))}});
    EXPECT_TRUE(contains(mirror(site, {"--max-size=4K"}).log, "longer than --max-size allows"));
    EXPECT_EQ(names(), "");
    const auto outcome = mirror(site, {"--max-total=8K", "--connections=1"});
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_TRUE(contains(outcome.log, "--max-total")) << outcome.log;
    EXPECT_EQ(names(), "a.png ");
    EXPECT_EQ(mirror(site, {"--max-page=10"}).code, ExitCode::local);
}

TEST_F(MirrorImages, UsesAConnectionForManyImages) {
    std::string page;
    HttpSite site{HttpSite::Answers()};
    for (int i = 0; i < 40; ++i) {
        page += "<img src=" + std::to_string(i) + ".png>";
        site.set("/" + std::to_string(i) + ".png", answer(png + std::to_string(i)));
    }
    site.set("/", answer(page, html));
    EXPECT_EQ(mirror(site, {"--connections=3"}).code, ExitCode::ok);
    EXPECT_LE(site.connections(), 3U);
}

TEST_F(MirrorImages, GivesUpAPageThatTakesTooLong) {
    const HttpSite site{
        HttpSite::Answers{{"/", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<img$HOLD"}}};
    const auto outcome = mirror(site, {"--max-time=200ms"});
    EXPECT_EQ(outcome.code, ExitCode::network);
    EXPECT_TRUE(contains(outcome.log, "--max-time")) << outcome.log;
}

TEST_F(MirrorImages, TellsAPageFromWhatIsNone) {
    HttpSite site({{"/", answer(png, "Content-Type: image/png\r\n")}});
    EXPECT_TRUE(contains(mirror(site).log, " is image/png, and no page"));
    site.set("/", answer("gone", html, "410 Gone"));
    EXPECT_EQ(mirror(site).code, ExitCode::refused);
    std::string deep;
    for (int i = 0; i < 1'000'000; ++i) deep += "<div>";
    site.set("/", answer(deep, html));
    EXPECT_TRUE(contains(mirror(site).log, "is nested too deeply"));
}

}  // namespace
}  // namespace nettool::test
