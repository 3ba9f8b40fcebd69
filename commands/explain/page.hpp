#pragma once
// An explanation as one HTML page: no script, nothing from elsewhere, and it prints well.

#include "nettool/proto/wire/capture_reader.hpp"
#include "nettool/proto/wire/conversations.hpp"

#include <string>
#include <string_view>

namespace nettool::commands {

std::string page_head(std::string_view title);
/// What a file of several begins with.
std::string page_file(std::string_view name);
/// The beginning of a conversation, up to its first packet.
std::string page_section(const proto::Dialogue& dialogue);
std::string page_row(const proto::CapturedPacket& packet, const proto::Conversations::Told& told,
                     double relative_s);
std::string page_section_end();
/// Empty for no text.
std::string page_note(std::string_view text);
std::string page_foot();

}  // namespace nettool::commands
