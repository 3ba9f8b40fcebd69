#pragma once
// --dry-run: the dialog as it would be with a server that takes everything, and the message.

#include "access.hpp"
#include "letter.hpp"
#include "place.hpp"

namespace nettool::commands {

/// Connects to nobody and needs no password.  Throws Failure (local).
void rehearse(cli::Context& context, const Letter& letter, const Place& place,
              const Access& access);

}  // namespace nettool::commands
