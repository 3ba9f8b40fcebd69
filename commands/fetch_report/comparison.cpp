#include "comparison.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/proto/web/report.hpp"

#include <cstdio>
#include <memory>
#include <optional>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

// A file that is read line by line or in chunks, of any size.
class InputFile {
public:
    explicit InputFile(const std::string& path)
        : path_(path), file_(std::fopen(path.c_str(), "re")) {
        if (!file_) fail();
    }

    bool next_line(std::string& line) {
        constexpr std::size_t longest = 64UL * 1024;
        line.clear();
        for (int c = std::getc(file_.get()); c != EOF; c = std::getc(file_.get())) {
            if (c == '\n') return true;
            line += static_cast<char>(c);
            if (line.size() > longest)
                throw Failure(Fault::local, path_ + " is no report: a line does not end");
        }
        if (std::ferror(file_.get()) != 0) fail();
        return !line.empty();
    }

    std::string_view next_chunk() {
        chunk_.resize(64UL * 1024);
        const auto n = std::fread(chunk_.data(), 1, chunk_.size(), file_.get());
        if (n == 0 && std::ferror(file_.get()) != 0) fail();
        return {chunk_.data(), n};
    }

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    [[noreturn]] void fail() const { throw Failure(Fault::local, "read " + path_, last_error()); }

    std::string path_;
    std::unique_ptr<std::FILE, Close> file_;
    std::string chunk_;
};

void note(Comparison& comparison, const std::optional<proto::Fragment>& expected,
          const std::optional<proto::Fragment>& found) {
    constexpr std::size_t max_shown = 1000;
    ++comparison.fragments;
    if (expected == found) return;
    if (++comparison.differences > max_shown) return;
    const auto& place = found ? *found : *expected;
    Difference difference;
    difference.number = place.number;
    difference.first = place.first;
    difference.last = place.last;
    if (expected) difference.expected_md5 = expected->md5;
    if (found) difference.md5 = found->md5;
    comparison.shown.push_back(std::move(difference));
}

}  // namespace

std::string print(const Difference& difference) {
    std::string_view what = "differs";
    if (difference.md5.empty()) what = "is missing in the file";
    if (difference.expected_md5.empty()) what = "is not in the report";
    return fmt::format("fragment {} ({}-{}) {}", difference.number, difference.first,
                       difference.last, what);
}

Comparison compare(const std::string& report_path, const std::string& file_path) {
    InputFile report(report_path), file(file_path);
    std::string line;
    const auto next_expected = [&]() -> std::optional<proto::Fragment> {
        while (report.next_line(line))
            if (auto fragment = proto::parse_fragment_line(line)) return fragment;
        return std::nullopt;
    };
    Comparison comparison;
    const auto found = [&](const proto::Fragment& fragment) {
        note(comparison, next_expected(), fragment);
    };
    proto::Fragmenter fragmenter(found);
    for (auto chunk = file.next_chunk(); !chunk.empty(); chunk = file.next_chunk())
        fragmenter.feed(chunk);
    fragmenter.finish();
    while (const auto expected = next_expected()) note(comparison, expected, std::nullopt);
    return comparison;
}

}  // namespace nettool::commands
