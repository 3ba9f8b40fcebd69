#include "nettool/proto/web/multipart.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using Status = MultipartReader::Status;

// What a listener has heard, as text.
struct Heard final : MultipartReader::Listener {
    std::string text;

    void begin(const MultipartReader::Part& part) override {
        text += "[" + part.name + (part.file_name ? "|" + *part.file_name : "") + "]";
    }
    void data(std::string_view bytes) override { text += bytes; }
    void end() override { text += "."; }
};

std::string read(std::string_view body, std::size_t size, Status expected = Status::finished) {
    MultipartReader reader("XY");
    Heard heard;
    auto status = Status::more;
    for (std::size_t at = 0; at < body.size(); at += size)
        status = reader.feed(body.substr(at, size), heard);
    EXPECT_EQ(status, expected) << body << " by " << size;
    return heard.text;
}

std::string part(std::string_view disposition, std::string_view data) {
    return "--XY\r\nContent-Disposition: form-data; " + std::string(disposition) +
           "\r\nContent-Type: text/plain\r\n\r\n" + std::string(data) + "\r\n";
}

TEST(Multipart, IsTheSameHoweverItIsCut) {
    const auto body = "preamble\r\n" + part("name=\"a\"", "1") +
                      part("name=\"f\"; filename=\"x y.txt\"", "\r\n--X\r\n--Xy\r\n-") +
                      part("name=f; filename=bare", "") + "--XY--\r\nepilogue --XY";
    const std::string expected = "[a]1.[f|x y.txt]\r\n--X\r\n--Xy\r\n-.[f|bare].";
    for (std::size_t size = 1; size <= body.size(); ++size) ASSERT_EQ(read(body, size), expected);
}

TEST(Multipart, UndoesWhatBrowsersEscapeInNames) {
    EXPECT_EQ(read(part("name=\"f\"; filename=\"a%22b%0D%0ac%25\\d\"", "") + "--XY--", 1000),
              "[f|a\"b\r\nc%25\\d].");
    EXPECT_EQ(read(part("NAME=\"f\"; FileName=\"\"", "x") + "--XY--", 1000), "[f|]x.");
    EXPECT_EQ(read(part("name=\"a;b\"; filename=\"c; d=e\"", "") + "--XY--", 1000),
              "[a;b|c; d=e].");
}

TEST(Multipart, RefusesWhatIsNoForm) {
    for (const auto* body :
         {"--XYZ\r\n", "--XY\rx", "--XY\r\nno colon\r\n\r\n", "--XY\r\nContent-Type: a/b\r\n\r\n",
          "--XY\r\nContent-Disposition: attachment; name=a\r\n\r\n", "--XY\r\n\r\n\r\n"})
        read(body, 1000, Status::malformed);
    for (const auto* body :
         {"", "--XY", "--XY\r\n", "--XY\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--X"})
        if (*body) read(body, 1000, Status::more);
    read("--XY\r\nA: " + std::string(MultipartReader::max_head_bytes + 1, 'a'), 1000,
         Status::malformed);
    read(std::string(100'000, 'x'), 1000, Status::malformed);
}

TEST(FormBoundary, StandsInTheType) {
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=abc"), "abc");
    EXPECT_EQ(form_boundary("Multipart/Form-Data;charset=x; Boundary=\"a b;c\""), "a b;c");
    for (const auto* type : {"", "multipart/mixed; boundary=a", "multipart/form-data",
                             "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a"})
        EXPECT_FALSE(form_boundary(type)) << type;
    EXPECT_FALSE(form_boundary("multipart/form-data; boundary=" + std::string(71, 'a')));
    EXPECT_FALSE(form_boundary("multipart/form-data; boundary=\"a\r\nb\""));
}

}  // namespace
}  // namespace nettool::proto
