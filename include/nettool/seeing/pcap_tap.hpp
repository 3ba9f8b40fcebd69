#pragma once
// --pcap: a command's own traffic as pcapng, without privileges.

#include "nettool/base/asio.hpp"
#include "nettool/net/tap.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace nettool::seeing {

class PcapTap final : public net::Tap {
public:
    /// Takes whole blocks; called one at a time.
    using Write = std::function<void(std::string_view)>;
    enum class Secrets { included, left_out };

    /// `protocol`: names the messages in comments.  What is observed is written within a moment,
    /// in the order of time, and by finish().
    PcapTap(const asio::any_io_executor& executor, std::string protocol, Secrets secrets,
            Write write);
    ~PcapTap() override;

    void observe(const net::Event& event) noexcept override;

    /// Writes all that is left and the statistics.  Throws what `write` throws.
    void finish();

private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace nettool::seeing
