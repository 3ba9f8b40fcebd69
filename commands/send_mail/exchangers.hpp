#pragma once
// --mx: asks the name service who takes the mail of each recipient's domain, and brings it there.

#include "delivery.hpp"

namespace nettool::commands {

/// One domain after the other; the highest status.  Throws as Delivery does.
awaitable<cli::ExitCode> deliver_to_exchangers(Delivery::Parts parts);

}  // namespace nettool::commands
