#include "nettool/cli/output.hpp"

#include "nettool/cli/runner.hpp"
#include "nettool/cli/table.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <set>
#include <vector>

namespace nettool::cli {
namespace {

struct Answer {
    static constexpr std::string_view event = "answer";
    std::string text;
    int size_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(Answer, (), (text, size_bytes))

std::string print(const Answer& answer) { return answer.text; }

std::string written(Output::Format format, std::string member) {
    StringSink sink;
    Output output(sink, format, std::move(member));
    Answer answer;
    answer.text = "two\nlines";
    answer.size_bytes = 9;
    output.emit(answer);
    return sink.text();
}

TEST(Output, WritesOneStructAsProseAndAsJson) {
    EXPECT_EQ(written(Output::Format::human, ""), "two\nlines\n");
    EXPECT_EQ(written(Output::Format::json, ""),
              R"({"event":"answer","text":"two\nlines","size_bytes":9})"
              "\n");
}

struct Measured {
    static constexpr std::string_view event = "measured";
    double time_ms = 0;
    std::optional<int> missing;
    std::vector<int> none;
    std::vector<double> several;
};
BOOST_DESCRIBE_STRUCT(Measured, (), (time_ms, missing, none, several))

std::string print(const Measured&) { return {}; }

TEST(Output, WritesNumbersAsPeopleDo) {
    StringSink sink;
    Output output(sink, Output::Format::json);
    Measured measured;
    measured.time_ms = 0.25;
    measured.several = {1e300, -3, std::numeric_limits<double>::infinity()};
    output.emit(measured);
    EXPECT_EQ(sink.text(), R"({"event":"measured","time_ms":0.25,"missing":null,"none":[],)"
                           R"("several":[1e+300,-3,null]})"
                           "\n");
}

TEST(Output, IsValidJsonWhateverAPeerHasSent) {
    StringSink sink;
    Output output(sink, Output::Format::json);
    Answer answer;
    answer.text = "\xff\xc2\x9b";
    output.emit(answer);
    EXPECT_EQ(sink.text(), R"({"event":"answer","text":"\ufffd\u009b","size_bytes":0})"
                           "\n");
}

TEST(Output, NamesTheMemberOfALab) {
    EXPECT_EQ(written(Output::Format::human, "sum-server"), "sum-server: two\nsum-server: lines\n");
    EXPECT_EQ(written(Output::Format::json, "sum-server"),
              R"({"event":"answer","command":"sum-server","text":"two\nlines","size_bytes":9})"
              "\n");
}

class FullSink final : public Sink {
    error_code write_all(std::string_view) override {
        ++writes;
        return make_error_code(boost::system::errc::no_space_on_device);
    }

public:
    int writes = 0;
};

TEST(Output, IsSilentAfterItsFirstFailureAndTellsOfItOnce) {
    FullSink sink;
    int told = 0;
    sink.on_failure = [&told] { ++told; };
    Output output(sink, Output::Format::human);
    output.emit(Answer{});
    output.emit(Answer{});
    EXPECT_EQ(sink.writes, 1);
    EXPECT_EQ(told, 1);
    StringSink diagnostics;
    const Log log(diagnostics, Log::Level::normal, "x", false);
    EXPECT_EQ(settled(ExitCode::ok, sink, log), ExitCode::local);
    EXPECT_EQ(diagnostics.text(), "x: cannot write to standard output: No space left on device\n");
}

TEST(Results, HaveKeysThatSayTheirUnitAndNeverTheReservedOnes) {
    for (const auto* spec : all_commands())
        for (const auto& result : spec->results()) {
            const std::set<std::string_view> keys(result.keys.begin(), result.keys.end());
            EXPECT_EQ(keys.size(), result.keys.size()) << result.event;
            EXPECT_FALSE(keys.contains("event")) << result.event;
            EXPECT_FALSE(keys.contains("command")) << result.event;
        }
}

}  // namespace
}  // namespace nettool::cli
