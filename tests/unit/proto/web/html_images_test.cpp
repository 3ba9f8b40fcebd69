#include "nettool/proto/web/html_images.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using Doubt = ImageReference::Doubt;

// One line for each: where it stands and what it says, doubts behind it.
std::string images_of(std::string_view page, Candidates candidates = Candidates::all) {
    const auto found = page_images(page, candidates);
    if (!found) return "not read";
    std::string lines;
    for (const auto& image : found->images) {
        lines.append(to_string(image.source)).append(" ").append(image.url);
        if (image.doubt == Doubt::placeholder) lines += " placeholder";
        if (image.doubt == Doubt::unfilled) lines += " unfilled";
        lines += "\n";
    }
    return lines;
}

TEST(PageImages, AreFoundInEveryElementThatShowsThem) {
    EXPECT_EQ(images_of("<img src=a.png><input type=IMAGE src=b.png><video poster=c.png></video>"
                        "<link rel='shortcut icon' href=d.ico>"
                        "<svg><image xlink:href=f.png /></svg><object type=image/png data=g.png>"
                        "</object>"),
              "src a.png\ninput b.png\nposter c.png\nicon d.ico\n"
              "other f.png\nother g.png\n");
    EXPECT_EQ(images_of("<body background=e.gif>"), "other e.gif\n");
}

TEST(PageImages, AreFoundInSrcsetsAndPictures) {
    constexpr auto page =
        "<picture><source srcset='a.webp 1x, b.webp 2x'><img src=c.jpg srcset='d.jpg 480w, "
        "e.jpg 800w'></picture><video><source src=v.mp4></video>";
    EXPECT_EQ(images_of(page),
              "srcset a.webp\nsrcset b.webp\nsrc c.jpg\nsrcset d.jpg\nsrcset e.jpg\n");
    EXPECT_EQ(images_of(page, Candidates::best), "srcset b.webp\nsrcset e.jpg\n");
}

TEST(PageImages, AreFoundInStyles) {
    const auto found = page_images(
        "<style>@import 'more.css'; p{background:url(a.png)}</style>"
        "<link rel=stylesheet href=s.css><p style=\"background:url('b.png')\">",
        Candidates::all);
    ASSERT_EQ(found->images.size(), 2U);
    EXPECT_EQ(found->images[0], (ImageReference{ImageSource::css, "a.png"}));
    EXPECT_EQ(found->images[1], (ImageReference{ImageSource::css, "b.png"}));
    EXPECT_EQ(found->style_sheets, (std::vector<std::string>{"more.css", "s.css"}));
}

TEST(PageImages, AreFoundWhereScriptsWouldPutThem) {
    EXPECT_EQ(images_of("<img src=data:image/gif;base64,R0 data-src=a.jpg>"
                        "<img src=/img/spacer.gif data-original=b.jpg data-srcset='c.jpg 2x'>"
                        "<img src=d.jpg data-lazy=true><div data-bg='e.jpg'></div>"
                        "<noscript><img src=f.jpg></noscript>"),
              "src data:image/gif;base64,R0 placeholder\nlazy a.jpg\n"
              "src /img/spacer.gif placeholder\nlazy b.jpg\nlazy c.jpg\n"
              "src d.jpg\nlazy e.jpg\nsrc f.jpg\n");
}

TEST(PageImages, AreNoPicturesThatManyShareUntilTheirOwnComes) {
    EXPECT_EQ(images_of("<img src=wait.gif data-src=a.jpg><img src=wait.gif data-src=b.jpg>"
                        "<img src=small.jpg data-src=big.jpg>"),
              "src wait.gif placeholder\nlazy a.jpg\nsrc wait.gif placeholder\nlazy b.jpg\n"
              "src small.jpg\nlazy big.jpg\n");
}

TEST(PageImages, AreNotAskedForByTemplates) {
    EXPECT_EQ(images_of("<img src='{{photo}}'><img src='a_{width}x.jpg'><img src='${b}.png'>"),
              "src {{photo}} unfilled\nsrc a_{width}x.jpg unfilled\nsrc ${b}.png unfilled\n");
}

TEST(PageImages, KnowWhatOthersShowOfThePage) {
    EXPECT_EQ(images_of("<meta property=og:image content=a.png><meta name=Twitter:Image "
                        "content=b.png><meta itemprop=image content=c.png><meta name=d content=e>"),
              "meta a.png\nmeta b.png\nmeta c.png\n");
}

TEST(PageImages, AreRelativeToTheFirstBase) {
    EXPECT_EQ(page_images("<base href=/a/><base href=/b/>", Candidates::all)->base, "/a/");
}

TEST(PageImages, SurviveAMillionNestedElements) {
    std::string page;
    for (int i = 0; i < 1'000'000; ++i) page += "<div>";
    EXPECT_EQ(images_of(page), "not read");
}

// Texts of scripts, comments and drawings look deep and are not.
TEST(PageImages, AreFoundBehindWhatOnlyLooksDeep) {
    std::string page;
    for (int i = 0; i < 600; ++i)
        page += "<script>'<div>'</script><!-- <div> --><svg><path/><g/></svg><i title='<div>'></i>";
    EXPECT_EQ(images_of(page + "<img src=a.png>"), "src a.png\n");
}

}  // namespace
}  // namespace nettool::proto
