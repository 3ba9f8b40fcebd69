#include "nettool/proto/classroom/lookup.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

// What comes back for these bytes, `step` at a time, and then silence or the end.
std::string transcript(std::string_view bytes, std::size_t step, bool ends) {
    LookupDialog dialog({});
    std::string sent;
    while (!bytes.empty()) {
        dialog.feed(bytes.substr(0, step));
        sent += dialog.take_reply();
        bytes.remove_prefix(std::min(step, bytes.size()));
    }
    if (ends)
        dialog.end();
    else
        dialog.pause();
    return sent + dialog.take_reply();
}

std::string ask(std::string_view request) { return transcript(request, request.npos, false); }

TEST(Lookup, TakesEveryShapeOfARequest) {
    constexpr auto found = "{\"found\":true,\"value\":1}\n";
    EXPECT_EQ(ask(R"({"dictionary":{"a":1},"key":"a"})"), found);
    EXPECT_EQ(ask(R"({"key":"a","dict":{"a":1}})"), found);
    EXPECT_EQ(ask(R"( {"x":0,"data":{"a":1},"key":"a"} )"), found);
    EXPECT_EQ(ask(R"({"a":1} a)"), "1");
    EXPECT_EQ(ask("{\"a\":1}\na\n"), "1\n") << "a line feed is mirrored";
    EXPECT_EQ(ask("{\"a b\":1}\r\na b\r\n"), "1\n");
    EXPECT_EQ(ask(R"({"a":1}"a")"), "1");
    EXPECT_EQ(ask(R"([{"a":1},"a"])"), "1");
    EXPECT_EQ(ask("[{\"a\":1},\"a\"]\n"), "1\n");
    EXPECT_EQ(ask(R"(a {"a":1})"), "1");
    EXPECT_EQ(ask("a\n{\"a\":1}"), "1");
    EXPECT_EQ(ask(std::string("{\"a\":1} a").append(50, '\0')), "1") << "as C programs send it";
    EXPECT_EQ(ask(R"({"dictionary":5,"key":"dictionary"} key)"), "dictionary")
        << "a dictionary that only looks like a wrapper";
}

TEST(Lookup, ReturnsValuesVerbatim) {
    EXPECT_EQ(ask(R"({"dictionary":{"n":12345678901234567890123.50},"key":"n"})"),
              "{\"found\":true,\"value\":12345678901234567890123.50}\n");
    EXPECT_EQ(ask(R"({"o":{"x": [1,  2]}} o)"), R"({"x": [1,  2]})");
    EXPECT_EQ(ask(R"({"s":"a\"b"} s)"), "a\"b") << "strings unquoted in the naive shapes";
    EXPECT_EQ(ask(R"({"dict":{"s":"a\"b"},"key":"s"})"), "{\"found\":true,\"value\":\"a\\\"b\"}\n");
    EXPECT_EQ(ask(R"({"a":1,"a":2} a)"), "2") << "the last of that name";
}

TEST(Lookup, SaysWhatIsNotThere) {
    EXPECT_EQ(ask(R"({"dictionary":{},"key":"name"})"),
              "{\"found\":false,\"error\":\"key not found: name\"}\n");
    EXPECT_EQ(ask("{} name\n"), "ERROR: key \"name\" not found\n");
    EXPECT_EQ(ask("{}"), "ERROR: expected a key behind the dictionary\n");
    EXPECT_EQ(ask(R"([{"a":1}])"), "ERROR: expected [dictionary, key]\n");
    EXPECT_EQ(ask("{a}").substr(0, 27), "ERROR: bad JSON at byte 1: ");
    EXPECT_EQ(transcript("{\"a\":", 99, true), "ERROR: the JSON does not end\n");
    EXPECT_EQ(transcript("name", 99, true), "ERROR: expected a dictionary\n");
    EXPECT_EQ(transcript("", 99, true), "");
    EXPECT_EQ(ask(std::string(70'000, 'x')), "ERROR: the key is too long\n");
    LookupDialog::Limits limits;
    limits.bytes = 100;
    LookupDialog dialog(limits);
    dialog.feed("{\"a\":\"" + std::string(100, 'x'));
    EXPECT_EQ(dialog.take_reply(), "ERROR: the request is too long\n");
    EXPECT_TRUE(dialog.failed());
}

TEST(Lookup, AnswersTheSameHoweverTheBytesAreCut) {
    const std::string requests =
        "{\"dictionary\":{\"a\":\"}\"},\"key\":\"a\"}{\"b\":[2]}\nb\n[{\"c\":3},\"c\"]\n{\"d\":4} "
        "d";
    const auto whole = transcript(requests, requests.size(), true);
    EXPECT_EQ(whole, "{\"found\":true,\"value\":\"}\"}\n[2]\n3\n4");
    for (std::size_t step = 1; step < requests.size(); ++step) {
        auto cut = transcript(requests, step, true);
        // The line feed behind `]` may come too late to be mirrored.
        if (cut != whole) cut.replace(cut.rfind("34"), 2, "3\n4");
        EXPECT_EQ(cut, whole) << step;
    }
}

TEST(Lookup, DoesNotWaitForWhatIsThere) {
    LookupDialog dialog({});
    EXPECT_TRUE(dialog.idle());
    dialog.feed("{\"a\":");
    EXPECT_FALSE(dialog.undecided()) << "no silence ends JSON";
    dialog.feed("1}");
    EXPECT_TRUE(dialog.half()) << "the key has half a second to come";
    dialog.feed(" a");
    EXPECT_TRUE(dialog.undecided());
    EXPECT_FALSE(dialog.half());
}

TEST(Lookup, ReadsReplies) {
    EXPECT_EQ(parse_lookup_reply("{\"found\":true,\"value\":1.50}\n")->value, "1.50");
    EXPECT_EQ(parse_lookup_reply(R"({"found":false,"error":"key not found: x"})")->error,
              "key not found: x");
    EXPECT_EQ(parse_lookup_reply("ERROR: no")->error, "no");
    for (const auto* other : {"", "1", "{\"found\":true}", "{\"found\":false}", "{", "[1]"})
        EXPECT_FALSE(parse_lookup_reply(other)) << other;
    EXPECT_EQ(lookup_request(" {\"a\":1}\n", "a\"b"), R"({"dictionary":{"a":1},"key":"a\"b"})");
}

TEST(Lookup, FollowsPaths) {
    std::string_view path = "a.b[2].c";
    EXPECT_EQ(take_path_step(path)->name, "a");
    EXPECT_EQ(take_path_step(path)->name, "b");
    EXPECT_EQ(take_path_step(path)->index, 2u);
    EXPECT_EQ(take_path_step(path)->name, "c");
    EXPECT_TRUE(path.empty());
    for (std::string_view bad : {"..", "[", "[x]", "[1", "."}) EXPECT_FALSE(take_path_step(bad));
}

}  // namespace
}  // namespace nettool::proto
