#include "nettool/base/errc.hpp"

#include <boost/system/error_code.hpp>

#include <string>

namespace nettool {
namespace {

// error_category's destructor is neither public nor virtual, so nobody deletes through it.
// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor)
class Category final : public boost::system::error_category {
    const char* name() const noexcept override { return "nettool"; }

    std::string message(int value) const override {
        switch (static_cast<Errc>(value)) {
            case Errc::message_too_long: return "message too long";
            case Errc::paused: return "nothing came for a while";
            case Errc::timed_out: return "timed out";
            case Errc::cut_short: return "connection cut short";
            case Errc::bad_endpoint: return "not HOST:PORT, [V6]:PORT or unix:PATH";
            case Errc::malformed: return "the peer breaks the protocol";
            case Errc::file_changed: return "the file changed while it was sent";
        }
        return "unknown nettool error";
    }
};

}  // namespace

boost::system::error_code make_error_code(Errc errc) noexcept {
    static const Category category;
    return {static_cast<int>(errc), category};
}

}  // namespace nettool
