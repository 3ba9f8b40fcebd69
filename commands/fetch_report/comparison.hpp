#pragma once
// A file compared with the fragments that a report lists.

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::commands {

struct Difference {
    static constexpr std::string_view event = "difference";
    std::uint64_t number = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::string expected_md5;  // empty: the report has no such fragment
    std::string md5;           // empty: the file has not
};
BOOST_DESCRIBE_STRUCT(Difference, (), (number, first, last, expected_md5, md5))

std::string print(const Difference& difference);

struct Comparison {
    std::uint64_t fragments = 0;  // of the longer of the two
    std::uint64_t differences = 0;
    std::vector<Difference> shown;  // the first thousand
};

/// Reads both once, side by side.  Throws Failure (local).
Comparison compare(const std::string& report_path, const std::string& file_path);

}  // namespace nettool::commands
