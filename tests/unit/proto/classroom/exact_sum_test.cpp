#include "nettool/proto/classroom/exact_sum.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace nettool::proto {
namespace {

std::string sum_of(std::initializer_list<std::string_view> numbers) {
    ExactSum sum;
    for (const auto number : numbers) EXPECT_TRUE(sum.add(number)) << number;
    return sum.text();
}

TEST(ExactSum, IsExactAndWritesNoMoreThanNeeded) {
    EXPECT_EQ(sum_of({}), "0");
    EXPECT_EQ(sum_of({"1", "2", "3"}), "6");
    EXPECT_EQ(sum_of({"0.1", "0.2"}), "0.3");
    EXPECT_EQ(sum_of({"1.5", "2.25"}), "3.75");
    EXPECT_EQ(sum_of({"1.50", "1.50"}), "3");
    EXPECT_EQ(sum_of({"007"}), "7");
    EXPECT_EQ(sum_of({"+5", "-7"}), "-2");
    EXPECT_EQ(sum_of({"-0"}), "0");
    EXPECT_EQ(sum_of({"-0.5", "0.5"}), "0");
    EXPECT_EQ(sum_of({"-0.5"}), "-0.5");
    EXPECT_EQ(sum_of({"1", "-0.000000001"}), "0.999999999");
    EXPECT_EQ(sum_of({"-1", "0.0000000001"}), "-0.9999999999");
    EXPECT_EQ(sum_of({"999999999", "1"}), "1000000000");
    EXPECT_EQ(sum_of({"1000000000000000000", "-1"}), "999999999999999999");
    EXPECT_EQ(sum_of({"-1000000000000000000", "1"}), "-999999999999999999");
    EXPECT_EQ(sum_of({"9007199254740993", "0.1"}), "9007199254740993.1");
}

TEST(ExactSum, AddsNothingThatIsNotANumber) {
    for (const auto text : {"", "+", "-", ".", "1.", ".5", "1.2.3", "--1", "+-1", "1e5", "0x1",
                            " 1", "1 ", "1,5", "abc", "1.-5", "-.5", "\xd9\xa3"}) {
        ExactSum sum;
        sum.add("1");
        EXPECT_FALSE(is_number(text)) << text;
        EXPECT_FALSE(sum.add(text)) << text;
        EXPECT_EQ(sum.text(), "1") << text;
    }
}

TEST(ExactSum, TellsNumbersFromHosts) {
    for (const auto text : {"0", "42", "+42", "-42", "1.5", "-0.50", "00"})
        EXPECT_TRUE(is_number(text)) << text;
    for (const auto text : {"127.0.0.1", "localhost", "::1", "1:2"})
        EXPECT_FALSE(is_number(text)) << text;
}

TEST(ExactSum, CarriesThroughAHundredThousandDigits) {
    const std::string nines(100'000, '9');
    EXPECT_EQ(sum_of({nines, "1"}), "1" + std::string(100'000, '0'));
    EXPECT_EQ(sum_of({"-" + nines, "-1"}), "-1" + std::string(100'000, '0'));
    EXPECT_EQ(sum_of({"0." + nines, "0." + std::string(99'999, '0') + "1"}), "1");
    EXPECT_EQ(sum_of({nines, "-" + nines}), "0");
}

TEST(ExactSum, KeepsNumbersApartThatDifferByAHundredThousandPlaces) {
    const std::string zeros(100'000, '0');
    EXPECT_EQ(sum_of({"1" + zeros, "0." + zeros + "1"}), "1" + zeros + "." + zeros + "1");
}

TEST(ExactSum, AddsAMillionNumbers) {
    ExactSum sum;
    for (int i = 1; i <= 1'000'000; ++i) ASSERT_TRUE(sum.add(std::to_string(i) + ".25"));
    EXPECT_EQ(sum.text(), "500000750000");
}

}  // namespace
}  // namespace nettool::proto
