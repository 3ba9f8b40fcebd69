// The first byte chooses the cuts; a form must be read the same however it is cut.
#include "nettool/proto/web/multipart.hpp"

#include <algorithm>
#include <cstdint>

namespace {

using nettool::proto::MultipartReader;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

struct Heard final : MultipartReader::Listener {
    std::string text;
    bool open = false;

    void begin(const MultipartReader::Part& part) override {
        require(!open);
        open = true;
        text += "[" + part.name + "|" + part.file_name.value_or("-") + "]";
    }
    void data(std::string_view bytes) override {
        require(open && !bytes.empty());
        text += bytes;
    }
    void end() override {
        require(open);
        open = false;
        text += "\n.";
    }
};

std::string transcript(std::string_view body, std::size_t size) {
    MultipartReader reader("XY");
    Heard heard;
    auto status = MultipartReader::Status::more;
    while (!body.empty()) {
        const auto before = status;
        status = reader.feed(body.substr(0, size), heard);
        require(before == MultipartReader::Status::more || before == status);
        body.remove_prefix(std::min(size, body.size()));
    }
    // Of what is cut or wrong, less or more may have been heard by then.
    if (status != MultipartReader::Status::finished) return {};
    require(!heard.open);
    return heard.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    (void)nettool::proto::form_boundary(body.substr(0, 200));
    const auto whole = transcript(body, body.size() + 1);
    require(whole == transcript(body, 1));
    require(whole == transcript(body, 1 + data[0] % 16u));
    return 0;
}
