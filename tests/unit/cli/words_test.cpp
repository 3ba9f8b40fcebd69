#include "nettool/cli/words.hpp"

#include "nettool/cli/options.hpp"

#include <gtest/gtest.h>

namespace nettool::cli {
namespace {

using Words = std::vector<std::string>;

TEST(Words, AreSplitAsAShellWould) {
    EXPECT_EQ(split_words("  a  b\tc\n"), (Words{"a", "b", "c"}));
    EXPECT_EQ(split_words("a 'b c' \"d e\" f\\ g"), (Words{"a", "b c", "d e", "f g"}));
    EXPECT_EQ(split_words("'' \"\""), (Words{"", ""}));
    EXPECT_EQ(split_words("a'b'\"c\"d"), Words{"abcd"});
    EXPECT_EQ(split_words(R"("\"\\\$\`\n" '\"')"), (Words{"\"\\$`\\n", "\\\""}));
    EXPECT_EQ(split_words(""), Words{});
    EXPECT_EQ(split_words("$HOME *"), (Words{"$HOME", "*"}));
}

TEST(Words, RefuseAQuoteThatDoesNotEnd) {
    for (const auto* line : {"'", "a 'b", "\"", "\"a\\\""})
        EXPECT_THROW(split_words(line), UsageError) << line;
    try {
        split_words("a 'b");
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "a quote does not end: \"a 'b\"");
    }
}

}  // namespace
}  // namespace nettool::cli
