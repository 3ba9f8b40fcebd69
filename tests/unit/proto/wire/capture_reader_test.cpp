#include "nettool/proto/wire/capture_reader.hpp"

#include "nettool/proto/wire/pcapng_writer.hpp"
#include "support/sample_packet.hpp"

#include <gtest/gtest.h>

namespace nettool::proto {
namespace {

using namespace std::chrono_literals;

/// A reader that has been fed all of a file.
CaptureReader reader_of(std::string_view file) {
    CaptureReader reader;
    reader.feed(file);
    reader.end();
    return reader;
}

TEST(CaptureReader, ReadsWhatIsWrittenAndKnowsWhereItIsCutOff) {
    const auto bytes = test::sample_packet();
    std::string file;
    pcapng::append_section(file, "nettool", "");
    pcapng::append_interface(file, {});
    const auto begin = file.size();
    pcapng::append_packet(file,
                          {1'700'000'000'123'456'789ns, pcapng::Heading::inbound, bytes, 0, "hi"});
    auto reader = reader_of(file);
    const auto packet = reader.next();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->time, 1'700'000'000'123'456'789ns);
    EXPECT_EQ(packet->bytes, bytes);
    EXPECT_EQ(packet->comment, "hi");
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.ended());
    EXPECT_EQ(reader.trouble(), "");
    for (std::size_t cut = 1; cut < file.size(); ++cut) {
        auto shorter = reader_of(std::string_view(file).substr(0, cut));
        EXPECT_FALSE(shorter.next());
        EXPECT_TRUE(shorter.ended());
        if (cut > begin) {
            EXPECT_EQ(shorter.trouble(), "the file is cut off") << cut;
        }
    }
    EXPECT_FALSE(reader_of("").next());
    auto nonsense = reader_of("this is no capture");
    EXPECT_FALSE(nonsense.next());
    EXPECT_EQ(nonsense.trouble(), "neither pcapng nor pcap");
}

TEST(CaptureReader, TakesTheBytesInAnyCut) {
    const auto bytes = test::sample_packet();
    std::string file;
    pcapng::append_section(file, "nettool", "");
    pcapng::append_interface(file, {});
    for (int i = 0; i < 5; ++i)
        pcapng::append_packet(
            file, {std::chrono::nanoseconds(i), pcapng::Heading::unknown, bytes, 0, ""});
    for (std::size_t size = 1; size < 80; size += 7) {
        CaptureReader reader;
        std::uint64_t packets = 0;
        for (std::size_t at = 0; at < file.size(); at += size) {
            reader.feed(std::string_view(file).substr(at, size));
            while (const auto packet = reader.next()) {
                EXPECT_EQ(packet->time.count(), static_cast<std::int64_t>(packets));
                EXPECT_EQ(packet->number, ++packets);
                EXPECT_EQ(packet->bytes, bytes);
            }
            EXPECT_FALSE(reader.ended());
        }
        EXPECT_EQ(packets, 5U) << size;
        reader.end();
        EXPECT_FALSE(reader.next());
        EXPECT_TRUE(reader.ended());
        EXPECT_EQ(reader.trouble(), "");
    }
}

TEST(CaptureReader, ReadsPcapOfEitherByteOrder) {
    const auto bytes = test::sample_packet();
    for (const bool big : {false, true}) {
        std::string file;
        const auto add = [&](std::uint32_t value) {
            for (int i = 0; i < 4; ++i)
                file += static_cast<char>(value >> (big ? 24 - 8 * i : 8 * i));
        };
        for (const std::uint32_t value : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, 65'535U, 101U})
            add(value);
        for (const std::uint32_t value : {1'700'000'000U, 5U}) add(value);
        for (int i = 0; i < 2; ++i) add(static_cast<std::uint32_t>(bytes.size()));
        auto reader = reader_of(file + bytes);
        const auto packet = reader.next();
        ASSERT_TRUE(packet) << reader.trouble();
        EXPECT_EQ(packet->time, 1'700'000'000'000'005'000ns);
        EXPECT_EQ(packet->linktype, 101);
    }
}

}  // namespace
}  // namespace nettool::proto
