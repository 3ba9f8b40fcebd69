#pragma once
// The pictures that the HTML of a message shows out of its own parts (RFC 2392).

#include "nettool/proto/mail/mail_message.hpp"

#include <cstddef>
#include <string>

namespace nettool::proto {

/// `html` with each `cid:` URL in quotes or brackets that names an image of the message as a
/// `data:` URL: then it needs nothing from anywhere.  No more than `most` bytes are added.  What
/// else it says, it still says: it is shown in a sandbox.
std::string with_inline_images(const MailMessage& message, const std::string& html,
                               std::size_t most);

}  // namespace nettool::proto
