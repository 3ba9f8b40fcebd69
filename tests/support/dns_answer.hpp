#pragma once
// Answers of a name service about the mail of a domain.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nettool::test {

inline std::string dns_name(std::string_view name) {
    std::string wire;
    while (!name.empty()) {
        const auto label = name.substr(0, name.find('.'));
        name.remove_prefix(std::min(label.size() + 1, name.size()));
        wire += static_cast<char>(label.size());
        wire += label;
    }
    return wire + '\0';
}

inline std::string dns_number(unsigned number) {
    return {static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
}

/// To the question for the MX records of `domain`, as `id`.
inline std::string dns_answer(std::string_view domain,
                              const std::vector<std::pair<unsigned, std::string>>& exchangers,
                              unsigned result = 0, std::string_view id = "\x12\x34") {
    auto wire = std::string(id) + dns_number(0x8180 | result) + dns_number(1) +
                dns_number(static_cast<unsigned>(exchangers.size())) + dns_number(0) +
                dns_number(0) + dns_name(domain) + dns_number(15) + dns_number(1);
    for (const auto& [preference, host] : exchangers) {
        const auto data = dns_number(preference) + dns_name(host);
        wire += dns_number(0xc00c) + dns_number(15) + dns_number(1) + dns_number(0) +
                dns_number(60) + dns_number(static_cast<unsigned>(data.size())) + data;
    }
    return wire;
}

}  // namespace nettool::test
