#pragma once
// Who may come in: users and passwords of the Basic scheme (RFC 7617).

#include "nettool/base/asio.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace nettool::http {

/// Passwords as they are, or as crypt(3) has them (`$6$…`, `$2y$…`, `$y$…`).  Filled before it is
/// shared; then asked from many strands at once.
class Credentials {
public:
    /// What a client is told to bring with it.
    static constexpr std::string_view challenge = R"(Basic realm="nettool", charset="UTF-8")";

    /// `USER:PASSWORD`, where the password is taken literally.  False when it has no colon, no
    /// user, or control bytes.
    bool add(std::string_view user_and_password);
    /// A file with such a line for each user, where `USER:$…` is a hash; empty lines and those
    /// that begin with `#` are skipped.  Throws Failure (local) naming the file and the line.
    void add_file(const std::string& path);

    bool empty() const noexcept { return users_.empty(); }

    /// The user whom this Authorization field proves to be one of them; nothing for anybody else.
    /// Takes as long for a wrong user as for a wrong password; a hash is computed beside the
    /// io_context, and once for each password.
    awaitable<std::optional<std::string>> admit(
        std::optional<std::string_view> authorization) const;

private:
    struct User {
        std::string digest;  // of the password, or
        std::string hash;    // of crypt(3)
    };

    awaitable<bool> check(const std::string& user, const std::string& password) const;

    std::map<std::string, User, std::less<>> users_;
    mutable std::mutex mutex_;                                         // of what is learned
    mutable std::map<std::string, std::string, std::less<>> learned_;  // user -> digest
};

}  // namespace nettool::http
