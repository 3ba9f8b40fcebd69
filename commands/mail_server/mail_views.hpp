#pragma once
// The pieces of a message as browsers get them: its source, its HTML, its parts.

#include "mail_api.hpp"

namespace nettool::commands {

/// All of these block, and throw Failure (local).
ApiReply source_of(const MailIndex& index, const MailIndex::Place& place, bool download);

/// For a sandboxed frame: nothing in it runs, leaves or is loaded, whatever it says.
ApiReply html_of(const MailIndex& index, const MailIndex::Place& place);

/// `number`: from 1.  Saved, not shown, under a name that is harmless.
ApiReply part_of(const MailIndex& index, const MailIndex::Place& place, std::string_view number);

}  // namespace nettool::commands
