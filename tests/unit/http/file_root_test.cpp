#include "nettool/http/file_root.hpp"

#include "nettool/base/failure.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace nettool::http {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

enum class Way { openat2, walk };

// A tree with everything in it that a server must not stumble over, opened in both ways.
class Root : public testing::TestWithParam<Way> {
protected:
    Root() {
        write("root/file", "inside");
        write("root/a..b", "inside");
        write("root/.hidden", "secret");
        write("root/.git/config", "secret");
        write("root/.well-known/x", "inside");
        write("root/d/deep/file", "inside");
        write("outside", "outside");
        link("../file", "root/d/up");
        link("deep", "root/d/link");
        link("../../outside", "root/d/out");
        link("../outside", "root/out");
        link("..", "root/parent");
        link(directory_.file("root/file"), "root/absolute");
        link("loop", "root/loop");
        link("nowhere", "root/dangling");
        link("/etc/passwd", "root/passwd");
        EXPECT_EQ(::mkfifo(directory_.file("root/fifo").c_str(), 0600), 0);
    }

    void write(const std::string& name, std::string_view text) {
        const fs::path path = directory_.file(name);
        fs::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    void link(const std::string& target, const std::string& name) {
        fs::create_symlink(target, directory_.file(name));
    }

    FileRoot root(FileRoot::Options options = {}) const {
        options.walk = GetParam() == Way::walk;
        return {directory_.file("root"), options};
    }
    std::string read(const Names& names, FileRoot::Options options = {}) const {
        const auto file = root(options).open(names);
        if (!file) return file.error().message();
        if (file->is_directory()) return "directory";
        std::string text(file->size(), '\0');
        EXPECT_EQ(::pread(file->descriptor.get(), text.data(), text.size(), 0),
                  static_cast<ssize_t>(text.size()));
        return text;
    }

    static constexpr auto absent = "No such file or directory";
    test::TemporaryDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(InBothWays, Root, testing::Values(Way::openat2, Way::walk));

TEST_P(Root, OpensFilesAndDirectories) {
    EXPECT_EQ(read({"file"}), "inside");
    EXPECT_EQ(read({"a..b"}), "inside");
    EXPECT_EQ(read({"d", "deep", "file"}), "inside");
    EXPECT_EQ(read({}), "directory");
    EXPECT_EQ(read({"d"}), "directory");
    EXPECT_EQ(read({"nope"}), absent);
    EXPECT_EQ(read({"file", "below"}), absent);
}

TEST_P(Root, FollowsLinksThatStayInside) {
    EXPECT_EQ(read({"d", "up"}), "inside");
    EXPECT_EQ(read({"d", "link", "file"}), "inside");
    EXPECT_EQ(read({"d", "link"}), "directory");
}

TEST_P(Root, RefusesEveryWayOut) {
    for (const Names& names :
         {Names{"out"}, Names{"d", "out"}, Names{"parent"}, Names{"parent", "outside"},
          Names{"absolute"}, Names{"passwd"}, Names{"loop"}, Names{"dangling"}, Names{".."},
          Names{"..", "outside"}, Names{"d", "..", "..", "outside"}, Names{"../outside"},
          Names{"d/../../outside"}, Names{"/etc/passwd"}, Names{""}, Names{"."},
          Names{std::string("file\0x", 6)}, Names{std::string(5000, 'a')}})
        EXPECT_EQ(read(names), absent) << testing::PrintToString(names);
}

TEST_P(Root, FollowsLinksOutWhenAsked) {
    EXPECT_EQ(read({"out"}, {.follow = true}), "outside");
    EXPECT_EQ(read({"absolute"}, {.follow = true}), "inside");
    EXPECT_EQ(read({"..", "outside"}, {.follow = true}), absent);
}

TEST_P(Root, HidesWhatBeginsWithADot) {
    EXPECT_EQ(read({".hidden"}), absent);
    EXPECT_EQ(read({".git", "config"}), absent);
    EXPECT_EQ(read({".well-known", "x"}), "inside");
    EXPECT_EQ(read({"d", ".well-known"}), absent);
    EXPECT_EQ(read({".hidden"}, {.hidden = true}), "secret");
}

TEST_P(Root, NeitherWaitsForAFifoNorOpensASocket) {
    EXPECT_EQ(read({"fifo"}), absent);
    const UniqueDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    directory_.file("root/socket").copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(read({"socket"}), absent);
}

TEST_P(Root, ListsWhatCouldBeOpened) {
    const auto names_in = [](const FileRoot& files, Names where) {
        const auto directory = files.open(where);
        const auto listing = files.list(*directory, where, 100);
        Names names;
        for (const auto& entry : listing->entries)
            names.push_back(entry.name + (entry.is_directory ? "/" : ""));
        return names;
    };
    EXPECT_EQ(names_in(root(), {}), Names({".well-known/", "d/", "a..b", "file"}));
    EXPECT_EQ(names_in(root(), {"d"}), Names({"deep/", "link/", "up"}));
    EXPECT_EQ(names_in(root({.hidden = true}), {}),
              Names({".git/", ".well-known/", "d/", ".hidden", "a..b", "file"}));
    EXPECT_EQ(names_in(root({.follow = true}), {}), Names({".well-known/", "d/", "parent/", "a..b",
                                                           "absolute", "file", "out", "passwd"}));
}

TEST_P(Root, EndsALongListing) {
    const auto files = root();
    const auto directory = files.open({});
    const auto listing = files.list(*directory, {}, 2);
    EXPECT_EQ(listing->entries.size(), 2u);
    EXPECT_TRUE(listing->truncated);
    EXPECT_FALSE(files.list(*directory, {}, 4)->truncated);
}

TEST_P(Root, TellsAFileFromTheOneThatTookItsPlace) {
    const auto files = root();
    const auto now = std::chrono::system_clock::now();
    const auto tag = [&] { return files.open(Names{"file"})->validators(now).tag; };
    const auto first = tag();
    EXPECT_TRUE(first.weak) << "it is younger than two seconds";
    EXPECT_FALSE(files.open(Names{"file"})->validators(now + std::chrono::hours(1)).tag.weak);
    EXPECT_EQ(tag().opaque, first.opaque);
    write("root/new", "INSIDE");
    fs::rename(directory_.file("root/new"), directory_.file("root/file"));
    EXPECT_NE(tag().opaque, first.opaque);
}

TEST(FileRoot, NamesTheDirectoryThatIsNone) {
    try {
        const FileRoot root("/no/such", {});
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_STREQ(failure.what(), "cannot serve /no/such: No such file or directory");
    }
}

}  // namespace
}  // namespace nettool::http
