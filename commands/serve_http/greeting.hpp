#pragma once
// What to type into a browser, and what to point a phone at, once serve-http listens.

#include "nettool/cli/command.hpp"

#include <string>

namespace nettool::commands {

struct Reachable {
    static constexpr std::string_view event = "reachable";
    std::string url;

    std::string code;  // as a QR code; may be empty
};
BOOST_DESCRIBE_STRUCT(Reachable, (), (url))
std::string print(const Reachable& reachable);

/// Shows each URL at which `local` can be reached from elsewhere, with a QR code of the first if
/// that is wanted.  Of loopback there is only the one that this very machine can open, which is
/// shown with its code alone.
void greet(cli::Context& context, const net::Endpoint& local, bool tls, bool qr);

}  // namespace nettool::commands
