#pragma once
// Strands for connections: what runs on one does not run at the same time.

#include "nettool/base/asio.hpp"

namespace nettool::net {

/// On the threads of `pool`.  Of an io_context, told apart here from any other executor, so that no
/// handler passes two layers that hide what is below them.
asio::any_io_executor new_strand(const asio::any_io_executor& pool);

}  // namespace nettool::net
