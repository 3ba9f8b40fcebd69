#pragma once
// Lists of people as header fields and users write them (RFC 5322 §3.4).

#include "nettool/proto/mail/mime_writer.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace nettool::proto {

/// `Ada <ada@example.org>, "Hopper, Grace" <grace@example.org>, b@example.org`; a domain beyond
/// ASCII becomes its A-label where the part in front of it is ASCII.  Nothing if one of them is no
/// address, or where there is none.
std::optional<std::vector<MailPerson>> parse_people(std::string_view text);

}  // namespace nettool::proto
