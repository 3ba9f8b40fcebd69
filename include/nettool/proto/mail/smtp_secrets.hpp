#pragma once
// Takes what proves who somebody is out of the bytes of an SMTP connection, before they are shown.

#include <cstdint>
#include <string>
#include <string_view>

namespace nettool::proto {

/// Fed with what either side says, cut anywhere, it gives the same text back with
/// `<redacted n bytes>` where AUTH has its argument, and for all that follows until AUTH has been
/// answered for good.  It knows nothing of messages: in one that has a line which reads like AUTH
/// the rest is redacted too.
class SmtpSecrets {
public:
    std::string client(std::string_view bytes);
    std::string server(std::string_view bytes);

private:
    bool is_secret(char c);

    std::string line_;      // the client's, as far as it tells whether a secret follows
    std::string reply_;     // the server's, as far as its code
    bool in_auth_ = false;  // AUTH has been said, and not been answered for good
};

}  // namespace nettool::proto
