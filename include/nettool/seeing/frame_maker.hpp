#pragma once
// Turns what taps observe into packets: payload and times are real, headers are rebuilt.

#include "nettool/net/tap.hpp"
#include "nettool/proto/wire/ip_packet.hpp"
#include "nettool/proto/wire/pcapng_writer.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace nettool::seeing {

/// Of one command; its events in the order of their times.
class FrameMaker {
public:
    /// `protocol`: names the messages in comments.
    explicit FrameMaker(std::string protocol) : protocol_(std::move(protocol)) {}

    /// Appends pcapng packet blocks.  Unix sockets have no packets.
    void append(std::string& out, const net::Event& event);

    std::uint64_t packets() const noexcept { return packets_; }

private:
    struct Talk {
        proto::IpEndpoint local, peer;
        net::Side side = net::Side::client;
        std::uint32_t next_local = 1, next_peer = 1;  // sequence numbers
        bool local_finished = false, peer_finished = false, dead = false;
        std::uint64_t requests = 0, answers = 0;
        int last = 0;  // who spoke last: 1 the client, 2 the server
    };
    enum class From { local, peer };
    // What is not the same in every segment of a talk.
    struct Part {
        std::uint8_t flags = 0;
        std::string_view comment = {};
        std::string_view payload = {};
        std::string_view options = {};
    };
    using Time = proto::pcapng::Time;

    static bool has_packets(const net::Flow& flow);
    static Talk talk_of(const net::Flow& flow);
    void open(std::string& out, Time time, const net::Event& event, Talk& talk);
    void append_data(std::string& out, Time time, const net::Event& event, Talk& talk);
    void append_datagram(std::string& out, Time time, const net::Event& event);
    void finish(std::string& out, Time time, Talk& talk, From from);
    void append_segment(std::string& out, Time time, Talk& talk, From from, const Part& part);
    void append_frame(std::string& out, Time time, From from, std::string_view comment);
    std::string comment_of_data(Talk& talk, From from) const;
    void note_fault(const net::Event& event);
    void add_fault(std::uint64_t flow, std::string& comment);
    void abort(std::string& out, Time time, const net::Event& event, Talk& talk);

    std::string protocol_;
    std::unordered_map<std::uint64_t, Talk> talks_;
    // What is done on purpose to the next packet of a flow.
    std::unordered_map<std::uint64_t, std::string> faults_;
    std::string packet_;  // the one being built
    std::uint64_t packets_ = 0;
};

}  // namespace nettool::seeing
