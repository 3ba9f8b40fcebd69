#include "nettool/proto/web/data_url.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace nettool::proto {
namespace {

std::string bytes_of(const boost::json::array& numbers) {
    std::string bytes;
    for (const auto& number : numbers) bytes += static_cast<char>(number.as_int64());
    return bytes;
}

// An empty type in the table stands for the default one.
TEST(DataUrl, ReadsEveryRowOfTheWebPlatformTests) {
    std::ifstream file(NETTOOL_SOURCE_DIR "/tests/data/wpt/wpt-data-urls.json");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto rows = boost::json::parse(text).as_array();
    for (const auto& value : rows) {
        const auto& row = value.as_array();
        const std::string input(row.at(0).as_string());
        const auto url = parse_url(input);
        const auto data = url ? read_data_url(*url) : std::nullopt;
        if (row.at(1).is_null()) {
            EXPECT_FALSE(data) << input;
            continue;
        }
        ASSERT_TRUE(data) << input;
        const std::string type(row.at(1).as_string());
        EXPECT_EQ(to_string(data->type), type.empty() ? "text/plain;charset=US-ASCII" : type)
            << input;
        EXPECT_EQ(data->body, bytes_of(row.at(2).as_array())) << input;
    }
    EXPECT_EQ(rows.size(), 55U);
}

TEST(DataUrl, RefusesBase64ThatIsNone) {
    for (const auto* text : {"data:;base64,A", "data:;base64,AB=C", "data:;base64,A*BC"})
        EXPECT_FALSE(read_data_url(*parse_url(text))) << text;
    EXPECT_EQ(read_data_url(*parse_url("data:;base64,V0E"))->body, "WA");
}

TEST(DataUrl, KeepsWhatLooksLikeAQuery) {
    EXPECT_EQ(read_data_url(*parse_url("data:image/svg+xml,<svg?a=b#c>"))->body, "<svg?a=b");
}

}  // namespace
}  // namespace nettool::proto
