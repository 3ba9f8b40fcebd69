#include "support/mirror_images.hpp"

namespace nettool::test {
namespace {

using cli::ExitCode;

TEST_F(MirrorImages, AsksAgainOnlyForWhatHasChanged) {
    HttpSite site({{"/", answer("<img src=a.png><img src=b.png>", html)},
                   {"/a.png", answer(png + "a", modified + "ETag: \"1\"\r\n")},
                   {"/b.png", answer(png + "b", modified)}});
    EXPECT_EQ(mirror(site).code, ExitCode::ok);
    site.set("/a.png", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n");
    site.set("/b.png", answer(png + "new"));
    const auto outcome = mirror(site);
    EXPECT_TRUE(contains(outcome.output, "2 images: 1 saved, 1 unchanged")) << outcome.output;
    EXPECT_EQ(picture("a.png"), png + "a");
    EXPECT_EQ(picture("b.png"), png + "new");
    const auto asked = site.requests("/a.png").back();
    EXPECT_TRUE(contains(asked, "If-None-Match: \"1\"")) << asked;
    EXPECT_TRUE(contains(asked, "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT")) << asked;
    EXPECT_EQ(names(), "a.png b.png ");
}

TEST_F(MirrorImages, WritesOverNothingThatIsNotItsOwn) {
    std::filesystem::create_directory(pictures());
    write_file(directory_.file("pictures/a.png"), "my own");
    write_file(directory_.file("outside"), "safe");
    std::filesystem::create_symlink("../outside", directory_.file("pictures/b.png"));
    const HttpSite site({{"/", answer("<img src=a.png><img src=b.png>", html)},
                         {"/a.png", answer(png + "a")},
                         {"/b.png", answer(png + "b")}});
    EXPECT_EQ(mirror(site).code, ExitCode::ok);
    EXPECT_EQ(picture("a.png"), "my own");
    EXPECT_EQ(contents(directory_.file("outside")), "safe");
    EXPECT_EQ(names(), "a-2.png a.png b-2.png b.png ");
    EXPECT_EQ(mirror(site).code, ExitCode::ok);
    EXPECT_EQ(names(), "a-2.png a.png b-2.png b.png ") << "it knows which are its own";
}

TEST_F(MirrorImages, KeepsAFileThatWasChangedSince) {
    const HttpSite site(
        {{"/", answer("<img src=a.png>", html)}, {"/a.png", answer(png + "a", modified)}});
    EXPECT_EQ(mirror(site).code, ExitCode::ok);
    write_file(directory_.file("pictures/a.png"), "painted over");
    EXPECT_EQ(mirror(site).code, ExitCode::ok);
    EXPECT_EQ(picture("a.png"), "painted over");
    EXPECT_EQ(picture("a-2.png"), png + "a");
}

TEST_F(MirrorImages, MakesNamesThatAreSafe) {
    const std::string longest(300, 'x');
    HttpSite site({{"/", answer("<img src='a%2f..%2f..%2fevil.png'><img src='..%5cb.png'>"
                                "<img src='.hidden.png'><img src='c%00%1b.png'><img src='d%ff.png'>"
                                "<img src='" +
                                    longest +
                                    ".png'><img src='e.PNG?1'>"
                                    "<img src='E.png?2'><img src=/f/>",
                                html)}});
    for (const auto* target : {"/a%2f..%2f..%2fevil.png", "/..%5cb.png", "/.hidden.png",
                               "/c%00%1b.png", "/d%ff.png", "/e.PNG?1", "/E.png?2", "/f/"})
        site.set(target, answer(png + target));
    site.set("/" + longest + ".png", answer(png + "long"));
    const auto outcome = mirror(site);
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_EQ(names(),
              "E-2.png _._b.png _hidden.png a_.._.._evil.png c__.png d_.png e.PNG "
              "image.png " +
                  std::string(196, 'x') + ".png ");
}

TEST_F(MirrorImages, KeepsAManifest) {
    const HttpSite site({{"/", answer("<img src=a.png><img src=gone.png>", html)},
                         {"/a.png", answer(png, modified)}});
    const auto list = directory_.file("manifest");
    EXPECT_EQ(mirror(site, {"--manifest", list}).code, ExitCode::refused);
    const auto text = contents(list);
    EXPECT_TRUE(contains(text, R"("source":"src","result":"saved","reason":"","file":"a.png",)"
                               R"("type":"image/png","size_bytes":8,"sha256":")"))
        << text;
    EXPECT_TRUE(contains(text, R"("last_modified":"1994-11-06T08:49:37Z"})")) << text;
    EXPECT_TRUE(contains(text, R"("result":"failed","reason":")")) << text;
    write_file(list, "nonsense\n");
    EXPECT_EQ(mirror(site, {"--manifest", list}).code, ExitCode::local);
}

// A copy has lost what the file system knew of the files.
TEST_F(MirrorImages, BelievesItsManifestWhereTheFilesSayNothing) {
    const HttpSite site({{"/", answer("<img src=a.png>", html)},
                         {"/a.png", answer(png, modified + "ETag: \"1\"\r\n")}});
    const auto list = directory_.file("manifest");
    EXPECT_EQ(mirror(site, {"--manifest", list}).code, ExitCode::ok);
    std::filesystem::remove_all(pictures());
    std::filesystem::create_directory(pictures());
    write_file(directory_.file("pictures/a.png"), png);
    EXPECT_EQ(mirror(site, {"--manifest", list}).code, ExitCode::ok);
    const auto asked = site.requests("/a.png").back();
    EXPECT_TRUE(contains(asked, "If-None-Match: \"1\"")) << asked;
    EXPECT_TRUE(contains(asked, "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT")) << asked;
    EXPECT_EQ(names(), "a.png ");
}

TEST_F(MirrorImages, StopsInTheMiddleAndGoesOnTheNextTime) {
    HttpSite site({{"/", answer("<img src=a.png><img src=slow.png>", html)},
                   {"/a.png", answer(png + "a")},
                   {"/slow.png", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + png + "$HOLD"}});
    RunningCommand running("mirror-images", {site.url(), "-d", pictures()},
                           cli::Output::Format::human);
    running.wait_for_output("saved a.png");
    EXPECT_EQ(running.stop(asio::cancellation_type::total), ExitCode::interrupted);
    EXPECT_EQ(names(), "a.png ");
    site.set("/slow.png", answer(png + "b"));
    EXPECT_EQ(mirror(site).code, ExitCode::ok);
    EXPECT_EQ(names(), "a.png slow.png ");
}

TEST_F(MirrorImages, SaysWhereItCannotWrite) {
    const HttpSite site({{"/", answer("<img src=a.png>", html)}, {"/a.png", answer(png)}});
    write_file(pictures(), "a file");
    const auto outcome = mirror(site);
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_TRUE(contains(outcome.log, pictures())) << outcome.log;
}

}  // namespace
}  // namespace nettool::test
