#pragma once
// Takes a form with files apart while it comes (multipart/form-data, RFC 7578; RFC 2046 §5.1).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::proto {

/// The boundary of a Content-Type field; nothing unless it is a multipart/form-data with one.
std::optional<std::string> form_boundary(std::string_view content_type);

class MultipartReader {
public:
    /// `file_name`: as the browser wrote it, with its escapes of `"`, CR and LF undone; nothing
    /// for a field that is not a file.
    struct Part {
        std::string name;
        std::optional<std::string> file_name;
    };

    /// Hears of the parts, one behind the other; may throw.
    class Listener {
    public:
        virtual ~Listener() = default;
        virtual void begin(const Part& part) = 0;
        virtual void data(std::string_view bytes) = 0;
        virtual void end() = 0;
    };

    enum class Status { more, finished, malformed };

    static constexpr std::size_t max_head_bytes = 8UL * 1024;  // of a part

    explicit MultipartReader(std::string_view boundary)
        : delimiter_("\r\n--" + std::string(boundary)) {}

    /// Once finished, what follows is an epilogue and ignored.
    Status feed(std::string_view bytes, Listener& listener);

private:
    enum class Place { preamble, behind_delimiter, head, data, epilogue };

    bool step(Listener& listener);
    bool skip_preamble();
    bool pass_delimiter();
    bool read_head(Listener& listener);
    bool pass_data(Listener& listener);

    std::string delimiter_;
    std::string held_ = "\r\n";  // the first delimiter may stand at the very beginning
    Place place_ = Place::preamble;
    bool malformed_ = false;
};

}  // namespace nettool::proto
