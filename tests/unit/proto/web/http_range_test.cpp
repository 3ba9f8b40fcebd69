#include "nettool/proto/web/http_range.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using Verdict = Ranges::Verdict;
using Parts = std::vector<ByteRange>;

struct Row {
    std::string_view value;
    std::uint64_t size;
    Verdict verdict;
    Parts parts;
};

void expect(std::initializer_list<Row> rows) {
    for (const auto& row : rows) {
        const auto ranges = judge_ranges(row.value, row.size);
        EXPECT_EQ(ranges.verdict, row.verdict) << row.value;
        EXPECT_EQ(ranges.parts, row.parts) << row.value;
    }
}

TEST(HttpRange, ReadsOnePart) {
    expect({
        {"bytes=0-0", 10, Verdict::partial, {{0, 0}}},
        {"bytes=0-9", 10, Verdict::partial, {{0, 9}}},
        {"bytes=0-99", 10, Verdict::partial, {{0, 9}}},
        {"bytes=5-", 10, Verdict::partial, {{5, 9}}},
        {"bytes=-3", 10, Verdict::partial, {{7, 9}}},
        {"bytes=-30", 10, Verdict::partial, {{0, 9}}},
        {"BYTES= 0-0 ", 10, Verdict::partial, {{0, 0}}},
        {"bytes=0-99999999999999999999999", 10, Verdict::partial, {{0, 9}}},
        {"bytes=-99999999999999999999999", 10, Verdict::partial, {{0, 9}}},
        {"bytes=0-18446744073709551615", 10, Verdict::partial, {{0, 9}}},
    });
}

TEST(HttpRange, ReadsSeveralParts) {
    expect({
        {"bytes=0-0,2-2", 10, Verdict::partial, {{0, 0}, {2, 2}}},
        {"bytes=0-0 ,\t-1", 10, Verdict::partial, {{0, 0}, {9, 9}}},
        {"bytes=,0-0,,2-2,", 10, Verdict::partial, {{0, 0}, {2, 2}}},
        {"bytes=5-6,1-2", 10, Verdict::partial, {{1, 2}, {5, 6}}},
        {"bytes=0-3,2-5", 10, Verdict::partial, {{0, 5}}},
        {"bytes=0-1,2-3", 10, Verdict::partial, {{0, 3}}},
        {"bytes=0-0,99-", 10, Verdict::partial, {{0, 0}}},
    });
}

TEST(HttpRange, KnowsWhatCannotBeSatisfied) {
    expect({
        {"bytes=10-", 10, Verdict::unsatisfiable, {}},
        {"bytes=10-20,30-", 10, Verdict::unsatisfiable, {}},
        {"bytes=-0", 10, Verdict::unsatisfiable, {}},
        {"bytes=0-", 0, Verdict::unsatisfiable, {}},
        {"bytes=-5", 0, Verdict::unsatisfiable, {}},
        {"bytes=99999999999999999999999-", 10, Verdict::unsatisfiable, {}},
    });
}

TEST(HttpRange, IgnoresWhatIsMalformedOrOfAnotherUnit) {
    for (const auto* value :
         {"", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-", "bytes=0-a", "bytes=0",
          "bytes=3-2", "bytes=0-0,3-2", "bytes=+0-1", "bytes=0 -1", "bytes=0x0-1", "lines=0-0",
          "bytes =0-0", "bytes=0-0;1-1", "bytes=0-0-0", "bytes=--1"})
        EXPECT_EQ(judge_ranges(value, 10).verdict, Verdict::whole) << value;
}

TEST(HttpRange, SendsTheWholeRatherThanManyParts) {
    std::string value = "bytes=0-0";
    for (int i = 1; i < 16; ++i) value += "," + std::to_string(i * 2) + "-" + std::to_string(i * 2);
    EXPECT_EQ(judge_ranges(value, 1000).parts.size(), 16u);
    EXPECT_EQ(judge_ranges(value + ",40-40", 1000).verdict, Verdict::whole);
    EXPECT_EQ(judge_ranges("bytes=0-5,0-5", 10).verdict, Verdict::whole) << "more than there is";
    EXPECT_EQ(judge_ranges("bytes=0-,0-,0-", 10).verdict, Verdict::whole);
}

TEST(HttpRange, IsWrittenIntoTheResponse) {
    EXPECT_EQ(content_range({0, 9}, 100), "bytes 0-9/100");
    EXPECT_EQ(unsatisfied_range(100), "bytes */100");
}

}  // namespace
}  // namespace nettool::proto
