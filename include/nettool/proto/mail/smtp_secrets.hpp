#pragma once
// Takes what proves who somebody is out of the bytes of an SMTP connection, before they are shown.

#include <cstdint>
#include <string>
#include <string_view>

namespace nettool::proto {

/// Fed with what either side says, cut anywhere, it gives the same text back with
/// `<redacted n bytes>` where AUTH has its argument and where a challenge is answered.  It knows
/// nothing of messages: a line of one that reads like AUTH is redacted too.
class SmtpSecrets {
public:
    std::string client(std::string_view bytes);
    std::string server(std::string_view bytes);

private:
    bool is_secret(char c);

    std::string line_;      // the client's, as far as it tells whether a secret follows
    std::string reply_;     // the server's, as far as its code
    bool in_auth_ = false;  // the last command was AUTH, and has not been answered for good
    bool challenged_ = false;
};

}  // namespace nettool::proto
