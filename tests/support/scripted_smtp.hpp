#pragma once
// An SMTP server that answers from a script, one for each connection, and remembers what it heard.

#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

namespace nettool::test {

/// The first reply of a script is the greeting; each further one is said to the next line of the
/// client's, and to the end of the message behind `354`.  Replies come without their last line end;
/// an empty one is nothing, for the next one to say more.  Behind the script only QUIT is answered.
class ScriptedSmtp {
public:
    using Script = std::vector<std::string>;

    // Replies that are deeds.
    static constexpr std::string_view start_tls = "$TLS";  // says 220 and shakes hands
    static constexpr std::string_view hang_up = "$CLOSE";
    static constexpr std::string_view say_nothing = "$SILENT";  // until the client leaves

    /// `tls`: is spoken from the beginning.
    explicit ScriptedSmtp(std::vector<Script> scripts, bool tls = false);
    ScriptedSmtp(const ScriptedSmtp&) = delete;
    ScriptedSmtp& operator=(const ScriptedSmtp&) = delete;
    ~ScriptedSmtp();

    unsigned port() const noexcept { return port_; }
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

    /// What was heard on a connection: commands with `|` behind each.
    std::string commands(std::size_t connection = 0) const;
    /// Messages as they came, dots and all, up to the one that ends them.
    std::vector<std::string> messages() const;
    std::size_t connections() const;

private:
    class Connection;

    void run(const std::vector<Script>& scripts, bool tls);
    void serve(int descriptor, const Script& script, bool tls);
    bool hear_message(Connection& connection);
    void heard(const std::string& line);

    int listener_;
    unsigned port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> commands_;
    std::vector<std::string> messages_;
    std::thread thread_;
};

}  // namespace nettool::test
