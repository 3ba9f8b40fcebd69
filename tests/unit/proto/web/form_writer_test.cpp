#include "nettool/proto/web/form_writer.hpp"

#include "nettool/proto/web/multipart.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

class Parts final : public MultipartReader::Listener {
public:
    std::string text;

    void begin(const MultipartReader::Part& part) override {
        text += "[" + part.name + "|" + part.file_name.value_or("-") + "]";
    }
    void data(std::string_view bytes) override { text += bytes; }
    void end() override { text += ";"; }
};

TEST(FormWriter, WritesWhatTheReaderReads) {
    const FormWriter form(new_boundary());
    std::string body = form.field_head("a\"b");
    body.append("value").append(FormWriter::tail());
    body.append(form.file_head("c", "d\r\n.txt", "text/plain")).append("bytes");
    body.append(FormWriter::tail()).append(form.end());
    const auto boundary = form_boundary(form.content_type());
    ASSERT_TRUE(boundary);
    MultipartReader reader(*boundary);
    Parts parts;
    EXPECT_EQ(reader.feed(body, parts), MultipartReader::Status::finished);
    EXPECT_EQ(parts.text, "[a\"b|-]value;[c|d\r\n.txt]bytes;");
}

TEST(FormWriter, HasABoundaryOfItsOwn) { EXPECT_NE(new_boundary(), new_boundary()); }

}  // namespace
}  // namespace nettool::proto
