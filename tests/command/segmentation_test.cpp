// The same bytes give the same transcript, however they are cut into segments, at every stream
// service (design rule R11), and through every network that a server can imitate.

#include "nettool/base/dice.hpp"
#include "support/running_command.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace nettool::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

struct Case {
    const char* command;
    std::string bytes;
    std::vector<std::string> options = {};
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.command << " " << one.bytes.size(); }

class Segmentation : public testing::TestWithParam<Case> {
protected:
    // Cuts with pauses that no gap is as short as; a seed of zero: whole.
    static std::string transcript(const net::Endpoint& endpoint, std::string_view bytes,
                                  std::uint64_t seed) {
        LineClient client(endpoint);
        Dice dice(seed);
        while (!bytes.empty()) {
            constexpr double longest = 6;
            auto size =
                seed == 0 ? bytes.size() : static_cast<std::size_t>(1 + dice.roll() * longest);
            size = std::min(size, bytes.size());
            client.send(bytes.substr(0, size));
            bytes.remove_prefix(size);
            if (dice.happens(0.2)) std::this_thread::sleep_for(1ms);
        }
        client.end();
        return client.rest();
    }
};

TEST_P(Segmentation, DoesNotMatter) {
    auto options = GetParam().options;
    options.insert(options.end(), {"--port=0", "--gap=500"});
    RunningCommand server(GetParam().command, options);
    const auto endpoint = server.endpoint();
    const auto whole = transcript(endpoint, GetParam().bytes, 0);
    EXPECT_GT(whole.size(), 0U);
    for (std::uint64_t seed = 1; seed <= 12; ++seed)
        EXPECT_EQ(transcript(endpoint, GetParam().bytes, seed), whole) << seed;
}

TEST_P(Segmentation, OfTheAnswerLosesNothing) {
    std::string perfect;
    for (const std::vector<std::string>& network : {std::vector<std::string>{},
                                                    {"--one-byte"},
                                                    {"--delay=3ms", "--jitter=3ms", "--seed=1"},
                                                    {"--rate=4K"}}) {
        auto options = GetParam().options;
        options.insert(options.end(), {"--port=0", "--gap=500"});
        options.insert(options.end(), network.begin(), network.end());
        RunningCommand server(GetParam().command, options);
        const auto said = transcript(server.endpoint(), GetParam().bytes, 0);
        if (network.empty()) perfect = said;
        EXPECT_EQ(said, perfect) << testing::PrintToString(network);
    }
}

const Case cases[] = {
    {"sum-server", "1|2|3|.\n4.5|-0.5|.\r\n 7 | .\n", {"--keep-open"}},
    {"sum-server", "1|two|.\n"},
    {"sum-server", "1|2|3"},
    {"lookup-server", R"({"dictionary":{"a":1e400,"b":"x\"}"},"key":"a"})"
                      "\n"},
    {"lookup-server", R"(["key",{"key":[1,{"z":null}]}])"
                      "\n"},
    {"lookup-server", R"({"k":12345678901234567890} k)"
                      "\n"},
    {"lookup-server", "{\"k\":1]"},
    {"add-server", "me\n3 7\n[1, 2]\n{\"a\":-3,\"b\":4}\nnonsense\nq\n"},
    {"add-server", std::string("me\0\0\0\n1 2\0\0\n"sv)},
    {"upper-server",
     "gr\xc3\xbc\xc3\x9f"
     "e \xe2\x82\xac \xf0\x9f\x98\x80 \xff\xc3(\n"},
    {"upper-server", "one two\nthree\n", {"--capitalize"}},
    {"chat-server", "alice\n/who\nhello\n/who\n/quit\n"},
    {"chat-server", std::string("\nbob\0\0/who\0\0\n"sv)},
    {"chat-server", "c\n" + std::string(5000, 'x') + "\n/who\n/quit\n"},
};

INSTANTIATE_TEST_SUITE_P(Commands, Segmentation, testing::ValuesIn(cases));

}  // namespace
}  // namespace nettool::test
