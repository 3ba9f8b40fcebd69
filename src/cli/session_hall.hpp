#pragma once
// The connections of one server: admission, accept errors, failures, grace and joining.

#include "nettool/cli/server.hpp"
#include "nettool/net/task_group.hpp"

#include <exception>
#include <string>

namespace nettool::cli {

/// Lives on the command's strand; sessions live on their connections'.
class SessionHall {
public:
    struct Admission {
        std::size_t max_sessions;
        bool once;
        std::string busy;  // what those are told who are too many
    };

    /// `plaintext`: for who does not speak TLS where it is spoken; empty: that is a failure.
    SessionHall(Context& context, Server::Session session, net::TlsContext tls,
                Server::Session plaintext, Admission admission);

    /// Until the caller is asked to stop and the last session has ended.
    awaitable<void> run(std::vector<net::Listener>& listeners);

private:
    awaitable<void> accept_from(net::Listener& listener);
    void admit(net::Stream stream);
    awaitable<void> serve_one(net::Stream stream) const;
    void log_failure(std::exception_ptr failure) const;

    Context& context_;
    Server::Session session_;
    net::TlsContext tls_;
    Server::Session plaintext_;
    Admission admission_;
    bool full_ = false;  // --once: the one is here
    net::TaskGroup acceptors_;
    net::TaskGroup sessions_;
    net::TaskGroup refusals_;
};

}  // namespace nettool::cli
