#include "nettool/proto/mail/people.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

std::string read(std::string_view text) {
    const auto people = parse_people(text);
    if (!people) return "none";
    std::string all;
    for (const auto& person : *people) all += person.name + "|" + to_string(person.path) + ";";
    return all;
}

TEST(People, AreReadFromALine) {
    EXPECT_EQ(read("a@b.example"), "|a@b.example;");
    EXPECT_EQ(read(" <a@b> "), "|a@b;");
    EXPECT_EQ(read("Ada L. <a@b>, c@d"), "Ada L.|a@b;|c@d;");
    EXPECT_EQ(read("\"Hopper, \\\"Grace\\\"\" <g@h>,c@d"), "Hopper, \"Grace\"|g@h;|c@d;");
    EXPECT_EQ(read("\"a, b\"@c"), "|\"a, b\"@c;");
    EXPECT_EQ(read("J\xc3\xbcrgen <j@b\xc3\xbc"
                   "cher.example>"),
              "J\xc3\xbcrgen|j@xn--bcher-kva.example;");
    EXPECT_EQ(read("j\xc3\xbc@b\xc3\xbc"
                   "cher.example"),
              "|j\xc3\xbc@b\xc3\xbc"
              "cher.example;")
        << "it takes SMTPUTF8 anyway";
}

TEST(People, AreNotWhatIsNoAddress) {
    for (const auto* text : {"", " ", "a", "a@", "@b", "<>", "a@b,,c@d", "a@b\r\nRCPT TO:<e@f>",
                             "Ada\n <a@b>", "a@b>", "<a@b", "a b@c"})
        EXPECT_EQ(read(text), "none") << text;
    EXPECT_EQ(read(std::string_view("a\0@b", 4)), "none");
    for (const auto* text :
         {"x@ex\xef\xbc\x81"
          "ample.org",
          "x@\xe4\xbe\x8b\xe3\x81\x88\xe3\x80\x82", "a@a\xef\xbc\x8e\xef\xbc\x8e\xe4\xbe\x8b"})
        EXPECT_EQ(read(text), "none") << "its A-label is none: " << text;
}

}  // namespace
}  // namespace nettool::proto
