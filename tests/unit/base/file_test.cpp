#include "nettool/base/file.hpp"

#include "nettool/base/failure.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>

namespace nettool {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
protected:
    Files() {
        std::string pattern = (fs::temp_directory_path() / "nettool-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
    }
    ~Files() override { fs::remove_all(directory_); }

    std::string at(std::string_view name) const { return (directory_ / name).string(); }
    static std::string contents(const std::string& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    fs::path directory_;
};

TEST_F(Files, AreWrittenWholeAndLeaveNothingBeside) {
    write_whole_file(at("port"), "5001\n");
    write_whole_file(at("port"), "5002\n");
    EXPECT_EQ(contents(at("port")), "5002\n");
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 1);
}

TEST_F(Files, AreWrittenThroughASymbolicLink) {
    fs::create_symlink("real", directory_ / "link");
    write_whole_file(at("real"), "old");
    write_whole_file(at("link"), "new");
    EXPECT_TRUE(fs::is_symlink(at("link")));
    EXPECT_EQ(contents(at("real")), "new");
}

TEST_F(Files, AreMadeWhereALinkLeadsThatLeadsNowhereYet) {
    fs::create_symlink("second", directory_ / "first");
    fs::create_symlink(at("real"), directory_ / "second");
    write_whole_file(at("first"), "new");
    EXPECT_TRUE(fs::is_symlink(at("first")));
    EXPECT_TRUE(fs::is_symlink(at("second")));
    EXPECT_EQ(contents(at("real")), "new");
}

TEST_F(Files, ADeviceIsWrittenNotReplaced) {
    EXPECT_THROW(write_whole_file("/dev/full", "text"), Failure);
    write_whole_file("/dev/null", "text");
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(Files, NameThePathThatCannotBeWritten) {
    try {
        write_whole_file(at("no/such"), "text");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(std::string(failure.what()),
                  "cannot write " + at("no/such") + ": No such file or directory");
    }
}

TEST_F(Files, AreNotReplacedUnlessThatIsWanted) {
    WholeFile file(at("new"), {WholeFile::Existing::keep, false});
    file.write("mine");
    std::ofstream(at("new")) << "somebody else's";
    EXPECT_THROW(file.commit(), Failure);
    EXPECT_EQ(contents(at("new")), "somebody else's");
}

TEST_F(Files, GoOnWhereAnEarlierAttemptHasEnded) {
    constexpr std::chrono::sys_seconds then{std::chrono::seconds(1'000'000'000)};
    const WholeFile::Options resuming{WholeFile::Existing::keep, true};
    {
        WholeFile file(at("big"), resuming);
        EXPECT_FALSE(file.left());
        file.write("begin");
        file.leave(then);
    }
    EXPECT_FALSE(fs::exists(at("big")));
    WholeFile file(at("big"), resuming);
    ASSERT_TRUE(file.left());
    EXPECT_EQ(file.left()->bytes, 5U);
    EXPECT_EQ(file.left()->modified, then);
    std::string before;
    file.read_left([&before](std::string_view bytes) { before += bytes; });
    EXPECT_EQ(before, "begin");
    file.write(" and end");
    file.commit();
    EXPECT_EQ(contents(at("big")), "begin and end");
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 1);
}

TEST_F(Files, BeginAnewWhereWhatWasLeftIsOfNoUse) {
    WholeFile(at("a"), {}).leave({});
    EXPECT_TRUE(fs::exists(at(".a.part")));
    WholeFile file(at("a"), {WholeFile::Existing::replace, true});
    file.write("wrong");
    file.restart();
    file.write("right");
    file.commit();
    EXPECT_EQ(contents(at("a")), "right");
    EXPECT_FALSE(fs::exists(at(".a.part")));
}

TEST_F(Files, AreAppendedTo) {
    std::ofstream(at("log")) << "before\n";
    AppendFile(at("log")).append("after\n");
    EXPECT_EQ(contents(at("log")), "before\nafter\n");
}

TEST_F(Files, AreReadWholeWithinBounds) {
    write_whole_file(at("x"), std::string(100'000, 'x'));
    EXPECT_EQ(read_whole_file(at("x"), 100'000), std::string(100'000, 'x'));
    EXPECT_THROW(read_whole_file(at("x"), 99'999), Failure);
    EXPECT_THROW(read_whole_file(at("nothing"), 1), Failure);
    EXPECT_THROW(read_whole_file(directory_.string(), 1), Failure);
    EXPECT_EQ(read_whole_file("/dev/null", 1), "");
}

TEST_F(Files, ThatGrowInPiecesAppearWhenTheyAreCommitted) {
    write_whole_file(at("x"), "old");
    {
        WholeFile file(at("x"));
        file.write("new ");
        file.write("text");
        EXPECT_EQ(contents(at("x")), "old");
        file.commit();
    }
    EXPECT_EQ(contents(at("x")), "new text");
    { WholeFile(at("x")).write("never committed"); }
    EXPECT_EQ(contents(at("x")), "new text");
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 1);
}

TEST_F(Files, HoldNoHalfOfALineThatCouldNotBeAppended) {
    AppendFile file(at("log"));
    file.append("whole\n");
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto previous = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 10;  // as if the disk were full behind four more bytes
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    EXPECT_THROW(file.append("cut in two\n"), Failure);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, previous);
    EXPECT_EQ(contents(at("log")), "whole\n");
    file.append("again\n");
    EXPECT_EQ(contents(at("log")), "whole\nagain\n");
}

}  // namespace
}  // namespace nettool
