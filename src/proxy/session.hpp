#pragma once
// One client's connection to the proxy: request behind request, in order.

#include "forwarding.hpp"
#include "nettool/proxy/answer.hpp"

namespace nettool::proxy {

class Session {
public:
    Session(Service& service, Lane& lane, net::Stream client);

    /// Until the client leaves, breaks a rule or is idle, or the server stops.
    awaitable<void> run();

private:
    awaitable<bool> answer(std::optional<http::Refusal> refusal);
    void note_request(Transaction& transaction, Destination& to) const;
    std::optional<http::Refusal> read(Destination& to);
    std::optional<Refused> judge_destination(const Destination& to) const;
    awaitable<bool> is_admitted(const http::Credentials& credentials) const;
    std::string answer_of_ours(const Destination& to);
    void prepare_reverse();

    awaitable<Outcome> go_through_faults(const Destination& to, Transaction& transaction);
    awaitable<Outcome> forward(const Destination& to, Transaction& transaction);
    awaitable<Outcome> open_tunnel(const Destination& to, Transaction& transaction);
    awaitable<std::optional<Outcome>> inject(const Destination& to, Transaction& transaction);

    bool may_stay() const;
    awaitable<bool> send_own(const std::string& text, Transaction& transaction, bool stays);
    awaitable<bool> tell(const Refused& refused, Transaction& transaction, bool stays);

    Service& service_;
    Lane& lane_;
    net::Stream stream_;
    net::Input input_;
    Exchange exchange_;
    std::optional<Forwarding> forwarding_;  // of the present request
    Milestones::Time first_byte_;
};

}  // namespace nettool::proxy
