#pragma once
// Which hosts take the mail of a domain, and in which order they are tried (RFC 5321 §5.1,
// RFC 7505).

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct MailExchanger {
    std::uint16_t preference = 0;
    std::string host;  // without the dot at its end: empty for the root, which is no host

    bool operator==(const MailExchanger&) const = default;
};

/// What the name service says of a domain.
struct ExchangerAnswer {
    enum class Status {
        answered,   // though there may be no exchangers
        no_domain,  // NXDOMAIN
        trouble     // it may know later
    };
    Status status = Status::trouble;
    std::vector<MailExchanger> exchangers;
};

/// Total over any bytes, which should be an answer to a question for MX records (RFC 1035 §4.1).
ExchangerAnswer parse_exchanger_answer(std::string_view message);

struct ExchangerPlan {
    std::vector<std::string> hosts;  // in the order in which they are tried
    std::string refusal;             // why there are none
    bool temporary = false;
};

/// `random(n)`: from 0 to below n, for hosts that are as good as each other share the work.
ExchangerPlan plan_exchangers(const std::string& domain, ExchangerAnswer answer,
                              const std::function<std::size_t(std::size_t)>& random);

}  // namespace nettool::proto
