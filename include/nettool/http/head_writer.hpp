#pragma once
// Writes message heads; the one place where a field of ours gets its value.

#include <cstdint>
#include <string>
#include <string_view>

namespace nettool::http {

/// `Not Found`; empty for a status without a registered phrase.
std::string_view reason_phrase(unsigned status);

class HeadWriter {
public:
    /// A response head of HTTP/1.1.
    explicit HeadWriter(unsigned status);
    /// A request head; the target is in the form it is sent in.
    HeadWriter(std::string_view method, std::string_view target, unsigned minor_version = 1);

    /// Throws Failure (local) for a name that is no token and a value that could end its line:
    /// whoever lets such a thing come here would write somebody else's fields.
    HeadWriter& field(std::string_view name, std::string_view value);
    HeadWriter& field(std::string_view name, std::uint64_t value);

    unsigned status() const noexcept { return status_; }
    /// What there is so far, without the empty line.
    const std::string& text() const noexcept { return text_; }
    /// With the empty line; the writer is spent.
    std::string finish() &&;

private:
    std::string text_;
    unsigned status_ = 0;
};

}  // namespace nettool::http
