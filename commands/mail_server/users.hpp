#pragma once
// Who may log in to mail-server.

#include "nettool/proto/mail/sasl_server.hpp"

#include <string>
#include <vector>

namespace nettool::commands {

/// From `USER:PASSWORD` of --user and the lines of --user-file; anybody where neither is given.
/// Throws UsageError, and Failure (local) for the file.
proto::SaslUsers sasl_users(const std::vector<std::string>& users, const std::string& file);

/// Unique, for CRAM-MD5: `<random.time@host>`.
std::string new_nonce(const std::string& host);

}  // namespace nettool::commands
