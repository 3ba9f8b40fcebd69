#include "proxy_server/kept_requests.hpp"

#include "support/transaction.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nettool::commands {
namespace {

using test::sample_transaction;
using State = RequestState;

std::string ids_of(const KeptRequests& kept) {
    std::string ids;
    for (const auto& request : kept.newest(SIZE_MAX))
        ids += std::to_string(request.transaction->id) + " ";
    return ids;
}

TEST(KeptRequests, LetWhatIsUnderWayStayLongest) {
    KeptRequests kept({.requests = 3});
    for (const std::uint64_t id : {1, 2, 3, 4, 5}) {
        kept.keep(sample_transaction(id), State::begun);
        if (id != 2) kept.keep(sample_transaction(id), State::ended);
    }
    EXPECT_EQ(ids_of(kept), "5 4 2 ");
    for (const std::uint64_t id : {6, 7, 8}) kept.keep(sample_transaction(id), State::begun);
    EXPECT_EQ(ids_of(kept), "8 7 6 ");
    EXPECT_EQ(kept.counts().under_way, 4U) << "also what is not kept";
    kept.keep(sample_transaction(2), State::ended);
    EXPECT_EQ(ids_of(kept), "8 7 6 ");
    EXPECT_EQ(kept.counts().under_way, 3U);
    EXPECT_EQ(kept.counts().most_at_once, 4U);
}

TEST(KeptRequests, ReplaceWhatWasKnown) {
    KeptRequests kept({.requests = 3});
    auto transaction = sample_transaction(1);
    kept.keep(transaction, State::begun);
    transaction.status = 404;
    for (const auto state : {State::opened, State::ended, State::ended})
        kept.keep(transaction, state);
    const auto found = kept.find(1);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->transaction->status, 404u);
    EXPECT_EQ(found->state, State::ended);
    EXPECT_EQ(kept.counts().kept, 1U);
    EXPECT_FALSE(kept.find(2));
}

TEST(KeptRequests, CountWhatEndsWithoutABeginning) {
    KeptRequests kept({});
    kept.keep(sample_transaction(1), State::ended);
    EXPECT_EQ(kept.counts().under_way, 0U);
    EXPECT_EQ(kept.counts().most_at_once, 0U);
    EXPECT_EQ(ids_of(kept), "1 ");
}

TEST(KeptRequests, ForgetTheMostWithTheRest) {
    KeptRequests kept({});
    for (const std::uint64_t id : {1, 2}) kept.keep(sample_transaction(id), State::begun);
    kept.keep(sample_transaction(1), State::ended);
    kept.clear();
    EXPECT_EQ(ids_of(kept), "2 ");
    EXPECT_EQ(kept.counts().most_at_once, 1U);
}

}  // namespace
}  // namespace nettool::commands
