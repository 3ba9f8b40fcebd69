#include "nettool/cli/version.hpp"

#include <boost/version.hpp>
#include <openssl/crypto.h>

#include <fmt/format.h>

namespace nettool::cli {

std::string_view version() { return NETTOOL_VERSION; }

std::string version_text() {
    return fmt::format("nettool {}\nBoost {}.{}.{}\n{}\n", version(), BOOST_VERSION / 100'000,
                       BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100,
                       OpenSSL_version(OPENSSL_VERSION));
}

}  // namespace nettool::cli
