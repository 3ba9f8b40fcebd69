#pragma once
// Heads of messages as people may see them: what proves who somebody is becomes
// `<redacted n bytes>`.

#include <string>
#include <string_view>

namespace nettool::proxy {

/// For one direction of a connection, in the pieces in which it comes; also for heads that are
/// malformed.
class SecretMask {
public:
    std::string masked(std::string_view piece);

private:
    void take_line(std::string& safe, std::string_view line);

    std::string begun_;  // of a line that has not ended
    bool is_secret_ = false;
    bool is_start_ = true;  // of what is not a field
};

/// The same for a head that is whole.
std::string without_secrets(std::string_view head);

}  // namespace nettool::proxy
