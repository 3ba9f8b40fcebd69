#pragma once
// The secrets of TLS connections, for SSLKEYLOGFILE and for taps.

#include <boost/asio/ssl/context.hpp>

#include <string>
#include <string_view>

namespace nettool::net {

/// Hears each key-log line of one connection, without its end.
class KeyListener {
public:
    virtual ~KeyListener() = default;
    virtual void keys(std::string_view line) = 0;
};

/// From now on the connections of `context` tell their listeners, and append to `file` (mode 0600,
/// created now) unless it is empty.  Throws Failure when the file cannot be written.
void log_keys(boost::asio::ssl::context& context, const std::string& file);

/// `listener` outlives the connection.
void listen_for_keys(SSL* connection, KeyListener* listener);

/// Whether something has come over the connection that nobody has read.
bool has_unread(SSL* session);

}  // namespace nettool::net
