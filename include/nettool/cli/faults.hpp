#pragma once
// The options of an imperfect network, spelled alike at every server.

#include "nettool/cli/options.hpp"
#include "nettool/net/faults.hpp"

#include <optional>
#include <string>

namespace nettool::cli {

/// What a server talks in.
enum class Transport { stream, datagram, either };

/// A share of all, written `30%`.
struct Share {
    double part = 0;  // from 0 to 1
};
bool parse_value(std::string_view text, Share& share);
std::string to_string(const Share& share);
inline std::string expected_value(const Share&) { return "a share such as 30%"; }

/// A Share, or the word `kurose`: 4 of 11, as the exercise's server loses.
struct Loss {
    double part = 0;
    bool is_kurose = false;
};
bool parse_value(std::string_view text, Loss& loss);
std::string to_string(const Loss& loss);
inline std::string expected_value(const Loss&) { return "a share such as 30%, or kurose"; }

class Faults {
public:
    void declare(OptionSet& options, Transport transport);

    /// Throw UsageError for an option that only the other kind has.  Without --seed every run is
    /// another.
    net::DatagramFaultOptions of_datagrams() const;
    net::StreamFaultOptions of_streams() const;

    /// That of --seed, or any.
    std::uint64_t seed() const;

private:
    std::optional<std::chrono::milliseconds> delay_, jitter_;
    std::optional<Size> rate_;
    bool one_byte_ = false;
    std::optional<Share> reset_, duplicate_, reorder_, corrupt_;
    std::optional<Loss> loss_;
    std::optional<std::uint64_t> seed_;
};

}  // namespace nettool::cli
