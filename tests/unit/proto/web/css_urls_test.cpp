#include "nettool/proto/web/css_urls.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace nettool::proto {

void PrintTo(const CssUrl& url, std::ostream* out) {
    *out << (url.kind == CssUrl::Kind::import ? "import " : "image ") << url.text;
}

namespace {

using Urls = std::vector<CssUrl>;

CssUrl image(std::string text) { return {CssUrl::Kind::image, std::move(text)}; }
CssUrl import(std::string text) { return {CssUrl::Kind::import, std::move(text)}; }

TEST(CssUrls, AreFoundQuotedAndBare) {
    EXPECT_EQ(css_urls("a{background:url(a.png) url('b c.png'), url( \"d.png\" )}"),
              (Urls{image("a.png"), image("b c.png"), image("d.png")}));
    EXPECT_EQ(css_urls("URL(a.png)"), Urls{image("a.png")});
    EXPECT_EQ(css_urls("background: url(data:image/gif;base64,R0lGOD==)"),
              Urls{image("data:image/gif;base64,R0lGOD==")});
}

TEST(CssUrls, AreNotFoundInCommentsStringsFontsAndNamespaces) {
    EXPECT_EQ(css_urls("/* url(a) */ a::after{content:'url(b)'}"), Urls{});
    EXPECT_EQ(css_urls("@font-face{font-family:x;src:url(x.woff)} a{background:url(b.png)}"),
              Urls{image("b.png")});
    EXPECT_EQ(css_urls("@namespace svg url(http://www.w3.org/2000/svg); a{b:url(c)}"),
              Urls{image("c")});
    EXPECT_EQ(css_urls("a{fill:url(#gradient);b:url()}"), Urls{});
}

TEST(CssUrls, KnowImports) {
    EXPECT_EQ(css_urls("@import 'a.css' screen; @import url(b.css); @IMPORT\"c.css\";"),
              (Urls{import("a.css"), import("b.css"), import("c.css")}));
    EXPECT_EQ(css_urls("@import url(a.css) supports(background: url(b.png)); c{d:url(e.png)}"),
              (Urls{import("a.css"), image("b.png"), image("e.png")}));
}

TEST(CssUrls, KnowWhatImageSetLists) {
    EXPECT_EQ(css_urls("a{b:image-set('a.png' 1x, url(b.png) 2x type('image/png'))}"),
              (Urls{image("a.png"), image("b.png")}));
    EXPECT_EQ(css_urls("a{b:-webkit-image-set(\"a.png\" 1x)}"), Urls{image("a.png")});
}

TEST(CssUrls, ResolveEscapes) {
    EXPECT_EQ(css_urls("url(a\\)b.png)"), Urls{image("a)b.png")});
    EXPECT_EQ(css_urls("url('\\66 oo\\2e png')"), Urls{image("foo.png")});
    EXPECT_EQ(css_urls("u\\72l(a.png)"), Urls{image("a.png")});
    EXPECT_EQ(css_urls("url('a\\\nb')"), Urls{image("ab")});
    EXPECT_EQ(css_urls("url('\\1F600')"), Urls{image("\U0001F600")});
}

TEST(CssUrls, GoOnBehindWhatIsBroken) {
    EXPECT_EQ(css_urls("a{b:url(c d);e:url(f.png)}"), Urls{image("f.png")});
    EXPECT_EQ(css_urls("a{b:'unfinished\n;c:url(d.png)}"), Urls{image("d.png")});
    EXPECT_EQ(css_urls("}}}a{b:url(c.png"), Urls{image("c.png")});
    EXPECT_EQ(css_urls("\\"), Urls{});
    EXPECT_EQ(css_urls("url("), Urls{});
    EXPECT_EQ(css_urls("/*"), Urls{});
}

}  // namespace
}  // namespace nettool::proto
