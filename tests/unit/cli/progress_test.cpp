#include "nettool/cli/progress.hpp"

#include <gtest/gtest.h>

namespace nettool::cli {
namespace {

using namespace std::chrono_literals;

TEST(Progress, SaysShareRateAndTimeLeft) {
    EXPECT_EQ(progress_line(1 << 20, 4 << 20, 1000ms, 60),
              "1.0 MiB 1.0 MiB/s 0:01 left 0:03  25% [####               ]");
}

TEST(Progress, SaysOnlyWhatIsKnown) {
    EXPECT_EQ(progress_line(512, std::nullopt, 2000ms, 60), "512 B 256 B/s 0:02");
    EXPECT_EQ(progress_line(0, 0, 0ms, 60), "0 B 0 B/s 0:00");
}

TEST(Progress, FitsTheTerminal) {
    for (unsigned columns = 0; columns < 200; ++columns)
        EXPECT_LE(progress_line(1'000'000, 2'000'000, 5000ms, columns).size(), columns);
}

TEST(Progress, DrawsNothingOffATerminal) {
    StringSink sink;
    const Log log(sink, Log::Level::normal, "", false);
    { Progress(log, true, 100).advance(50); }
    EXPECT_EQ(sink.text(), "");
}

}  // namespace
}  // namespace nettool::cli
