#pragma once
// Writes the heads of a form with files (multipart/form-data, RFC 7578), as MultipartReader reads
// them.

#include <string>
#include <string_view>

namespace nettool::proto {

class FormWriter {
public:
    /// `boundary`: stands in none of the parts; see new_boundary().
    explicit FormWriter(std::string boundary) : boundary_(std::move(boundary)) {}

    std::string content_type() const { return "multipart/form-data; boundary=" + boundary_; }

    /// What stands before the value of a field.
    std::string field_head(std::string_view name) const;
    /// And before the bytes of a file.
    std::string file_head(std::string_view name, std::string_view file_name,
                          std::string_view media_type) const;
    /// Behind each of them.
    static std::string_view tail() { return "\r\n"; }
    /// Behind the last one.
    std::string end() const { return "--" + boundary_ + "--\r\n"; }

private:
    std::string boundary_;
};

/// 128 random bits, which nobody else can have written into a part.
std::string new_boundary();

}  // namespace nettool::proto
