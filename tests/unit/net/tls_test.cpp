#include "nettool/net/tls.hpp"

#include "support/stream_pair.hpp"

#include <gtest/gtest.h>

namespace nettool::net {
namespace {

const std::string folder = NETTOOL_SOURCE_DIR "/tests/data/tls/";
constexpr const char* fingerprint_of_wrong =
    "F0:2A:9F:8E:67:89:17:79:8D:85:79:4F:DF:94:D8:35:CB:20:67:50:F0:A3:5A:7C:3E:A6:E9:1D:DD:50:71:"
    "69";

struct Judgment {
    bool shaken = false;
    bool verified = false;
    std::optional<CertificateRefusal> refusal;
};

awaitable<void> show(Stream stream, std::string certificate) {
    const ServerCertificate files{folder + certificate + ".pem", folder + "key.pem"};
    const auto shaken = co_await stream.start_tls(server_tls(files, {}).context);
    if (shaken) co_await stream.finish();
}

awaitable<void> look(Stream stream, Trust trust, std::string host, Stream::Doubt doubt,
                     Judgment& judgment) {
    const auto shaken = co_await stream.start_tls(client_tls(trust, {}), std::move(host), doubt);
    judgment.shaken = shaken.has_value();
    judgment.refusal = stream.refusal();
    judgment.verified = judgment.shaken && stream.tls_session()->verified;
    co_await stream.finish();
}

Judgment judge(const std::string& certificate, const Trust& trust, const std::string& host,
               Stream::Doubt doubt = Stream::Doubt::fails) {
    Judgment judgment;
    const auto server = [&](Stream stream) { return show(std::move(stream), certificate); };
    const auto client = [&](Stream stream) {
        return look(std::move(stream), trust, host, doubt, judgment);
    };
    test::converse(server, {}, client, {});
    return judgment;
}

Trust the_authority() {
    Trust trust;
    trust.ca_file = folder + "authority.pem";
    return trust;
}

Trust another_authority() {
    Trust trust;
    trust.ca_file = folder + "self-signed.pem";
    return trust;
}

TEST(Tls, WhatIsGoodIsBelievedForNamesAndAddresses) {
    for (const auto* host : {"localhost", "LOCALHOST", "localhost.", "127.0.0.1", "::1"}) {
        const auto judgment = judge("localhost", the_authority(), host);
        EXPECT_TRUE(judgment.shaken) << host;
        EXPECT_TRUE(judgment.verified) << host;
        EXPECT_FALSE(judgment.refusal) << host;
    }
    EXPECT_TRUE(judge("other", the_authority(), "a.wild.example").shaken);
    EXPECT_TRUE(judge("self-signed", another_authority(), "localhost").shaken);
}

TEST(Tls, AllThatIsWrongIsSaid) {
    const struct {
        const char* certificate;
        Trust trust;
        const char* host;
        const char* reason;
        bool wants_an_authority;
    } cases[] = {
        {"expired", the_authority(), "localhost", "it expired at 2020-02-01T00:00:00Z", false},
        {"early", the_authority(), "localhost", "it is not valid before 2110-01-01T00:00:00Z",
         false},
        {"other", the_authority(), "localhost",
         "it is for other.example, *.wild.example, 192.0.2.1, not for localhost", false},
        {"other", the_authority(), "a.b.wild.example",
         "it is for other.example, *.wild.example, 192.0.2.1, not for a.b.wild.example", false},
        {"other", the_authority(), "127.0.0.1",
         "it is for other.example, *.wild.example, 192.0.2.1, not for 127.0.0.1", false},
        {"other", the_authority(), "::1",
         "it is for other.example, *.wild.example, 192.0.2.1, not for ::1", false},
        {"localhost", the_authority(), "::2", "it is for localhost, 127.0.0.1, ::1, not for ::2",
         false},
        {"nameless", the_authority(), "localhost", "it is for CN=nobody, not for localhost", false},
        {"self-signed", the_authority(), "localhost", "it is self-signed", true},
        {"localhost", another_authority(), "localhost",
         "its issuer O=nettool tests,CN=Test Authority is unknown", true},
        {"narrowed", another_authority(), "localhost",
         "the authority O=nettool tests,CN=Test Authority behind it is unknown and permitted "
         "subtree violation",
         false},
        {"narrowed", the_authority(), "localhost", "permitted subtree violation", false},
        {"wrong", the_authority(), "localhost",
         "it is self-signed and it is for wrong.example, not for localhost and it expired at "
         "2020-02-01T00:00:00Z",
         false},
    };
    for (const auto& c : cases) {
        const auto judgment = judge(c.certificate, c.trust, c.host);
        EXPECT_FALSE(judgment.shaken) << c.certificate;
        ASSERT_TRUE(judgment.refusal) << c.certificate << " " << c.host;
        EXPECT_EQ(judgment.refusal->reason, c.reason);
        EXPECT_EQ(judgment.refusal->wants_an_authority, c.wants_an_authority) << c.reason;
    }
}

TEST(Tls, OneCertificateIsBelievedByItsFingerprintWhateverIsWrongWithIt) {
    Trust trust;
    ASSERT_TRUE(parse_value(fingerprint_of_wrong, trust.fingerprint));
    const auto good = judge("wrong", trust, "localhost");
    EXPECT_TRUE(good.shaken);
    EXPECT_TRUE(good.verified);
    EXPECT_FALSE(good.refusal);
    const auto other = judge("localhost", trust, "localhost");
    EXPECT_FALSE(other.shaken);
    ASSERT_TRUE(other.refusal);
    EXPECT_EQ(other.refusal->reason, "its SHA-256 fingerprint is not the one that was given");
    EXPECT_EQ(judge("wrong", the_authority(), "localhost").refusal->fingerprint,
              fingerprint_of_wrong);
}

TEST(Tls, WhoeverOnlyNotesDoubtsIsToldAllTheSame) {
    constexpr auto noted = Stream::Doubt::is_noted;
    const auto judgment = judge("expired", the_authority(), "localhost", noted);
    EXPECT_TRUE(judgment.shaken);
    EXPECT_FALSE(judgment.verified);
    ASSERT_TRUE(judgment.refusal);
    EXPECT_EQ(judgment.refusal->reason, "it expired at 2020-02-01T00:00:00Z");
    const auto good = judge("localhost", the_authority(), "localhost", noted);
    EXPECT_TRUE(good.verified);
    EXPECT_FALSE(good.refusal);
    Trust anybody;
    anybody.verify = false;
    EXPECT_TRUE(judge("wrong", anybody, "localhost", noted).shaken);
}

TEST(Tls, NobodyIsJudgedWhereAnyWillDo) {
    Trust trust;
    trust.verify = false;
    const auto judgment = judge("wrong", trust, "localhost");
    EXPECT_TRUE(judgment.shaken);
    EXPECT_FALSE(judgment.verified);
    EXPECT_FALSE(judgment.refusal);
}

TEST(Tls, AFingerprintIsHexWithColonsOrWithout) {
    const std::string separated = fingerprint_of_wrong;
    std::string bare = separated;
    std::erase(bare, ':');
    std::string lower = bare;
    for (auto& c : lower) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const auto& text : {separated, bare, lower}) {
        Fingerprint parsed;
        EXPECT_TRUE(parse_value(text, parsed)) << text;
        EXPECT_EQ(parsed.text, separated);
    }
    for (const auto& text : {std::string(), bare.substr(2), bare + "00", separated + ":",
                             ":" + separated, bare.substr(0, 63) + "G", "0D:" + bare.substr(2),
                             "0:D" + separated.substr(2), bare.substr(0, 40)}) {
        Fingerprint parsed;
        EXPECT_FALSE(parse_value(text, parsed)) << text;
    }
}

}  // namespace
}  // namespace nettool::net
