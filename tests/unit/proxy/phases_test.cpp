#include "nettool/proxy/phases.hpp"

#include "support/transaction.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::proxy {
namespace {

using namespace std::chrono_literals;

// `held name connect tls send wait receive` in milliseconds; `-`: did not happen.
std::string text_of(const Transaction& transaction) {
    const auto phases = phases_of(transaction);
    std::string text;
    for (const auto& part : {phases.held, phases.name, phases.connect, phases.tls, phases.send,
                             phases.wait, phases.receive})
        text += part ? std::to_string(*part / 1ms) + " " : "- ";
    return text;
}

// Ends 5 ms behind its last milestone.
Transaction ended_with(
    std::string error, void (*change)(Milestones&) = [](Milestones&) {}) {
    auto transaction = test::sample_transaction();
    auto& at = transaction.at;
    at.resolved = at.connected = at.secured = at.sent = at.answered = {};
    at.ended = at.begun + 5ms;
    change(at);
    transaction.status = 0;
    transaction.error = std::move(error);
    return transaction;
}

TEST(Phases, SplitTheWholeTime) {
    auto transaction = test::sample_transaction();
    EXPECT_EQ(text_of(transaction), "- 1 1 - 1 1 1 ");
    EXPECT_EQ(duration_of(transaction), 5ms);
    transaction.at.secured = transaction.at.connected;
    EXPECT_EQ(text_of(transaction), "- 1 1 0 1 1 1 ");
}

TEST(Phases, LeaveOutWhatDidNotHappen) {
    auto transaction = test::sample_transaction();
    transaction.reused = true;
    transaction.at.resolved = transaction.at.connected = {};
    EXPECT_EQ(text_of(transaction), "- - - - 3 1 1 ");
}

TEST(Phases, EndInThePartThatFailed) {
    EXPECT_EQ(text_of(ended_with("")), "5 - - - - - - ");
    EXPECT_EQ(text_of(ended_with("http_request_denied")), "5 - - - - - - ");
    EXPECT_EQ(text_of(ended_with("dns_error")), "- 5 - - - - - ");
    const auto resolved = [](Milestones& at) { at.resolved = at.begun + 1ms; };
    EXPECT_EQ(text_of(ended_with("connection_refused", resolved)), "- 1 4 - - - - ");
    EXPECT_EQ(text_of(ended_with("", resolved)), "- 1 4 - - - - ") << "the client has left";
    EXPECT_EQ(text_of(ended_with("destination_ip_prohibited", resolved)), "4 1 - - - - - ");
    const auto connected = [](Milestones& at) { at.connected = at.begun + 1ms; };
    EXPECT_EQ(text_of(ended_with("tls_certificate_error", connected)), "- - 1 4 - - - ");
    const auto sent = [](Milestones& at) { at.sent = at.begun + 1ms; };
    EXPECT_EQ(text_of(ended_with("connection_read_timeout", sent)), "- - - - 1 4 - ");
}

TEST(Phases, CountATunnelAsReceiving) {
    auto tunnel = ended_with("", [](Milestones& at) { at.connected = at.begun + 1ms; });
    tunnel.tunnel = true;
    tunnel.status = 200;
    EXPECT_EQ(text_of(tunnel), "- - 1 - - - 4 ");
    tunnel.status = 403;
    EXPECT_EQ(text_of(tunnel), "- - 1 - 4 - - ");
}

TEST(Phases, BearTimesThatGoBack) {
    auto transaction = test::sample_transaction();
    transaction.at.sent = transaction.at.begun;
    EXPECT_EQ(text_of(transaction), "- 1 1 - 0 2 1 ");
    transaction.at.ended = {};
    EXPECT_EQ(text_of(transaction), "- 1 1 - 0 2 - ");
    EXPECT_EQ(duration_of(transaction), 0ms);
}

}  // namespace
}  // namespace nettool::proxy
