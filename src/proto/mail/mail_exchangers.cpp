#include "nettool/proto/mail/mail_exchangers.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <optional>

namespace nettool::proto {
namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t most_exchangers = 100;
constexpr unsigned mx_type = 15, internet_class = 1;

// Walks through a DNS message; everything is zero or nothing once it is at its end.
class DnsReader {
public:
    explicit DnsReader(std::string_view message) : message_(message) {}

    bool good() const noexcept { return good_; }
    std::size_t position() const noexcept { return at_; }
    void skip(std::size_t size) {
        good_ = good_ && size <= message_.size() - at_;
        if (good_) at_ += size;
    }
    unsigned number() {
        const auto begin = at_;
        skip(2);
        return good_ ? byte_at(begin) << 8 | byte_at(begin + 1) : 0;
    }

    // A name behind which the message goes on; nothing for one that is none.
    std::optional<std::string> name() {
        std::string text;
        auto at = at_;
        bool jumped = false;
        constexpr int most_labels = 128;
        for (int labels = 0; labels < most_labels && at < message_.size(); ++labels) {
            const auto size = byte_at(at);
            if (size >= pointer_mark) {
                if (at + 1 >= message_.size()) break;
                if (!jumped) at_ = at + 2;
                jumped = true;
                at = (size & ~pointer_mark) << 8 | byte_at(at + 1);
                continue;
            }
            if (size == 0) {
                if (!jumped) at_ = at + 1;
                return text;
            }
            if (size > longest_label || size >= message_.size() - at) break;
            if (!text.empty()) text += '.';
            text += message_.substr(at + 1, size);
            at += size + 1;
        }
        good_ = false;
        return std::nullopt;
    }

private:
    static constexpr unsigned pointer_mark = 0xc0, longest_label = 63;

    unsigned byte_at(std::size_t at) const { return static_cast<unsigned char>(message_[at]); }

    std::string_view message_;
    std::size_t at_ = 0;
    bool good_ = true;
};

bool may_be_host_name(std::string_view name) {
    constexpr std::size_t longest_name = 253;
    return name.size() <= longest_name && std::ranges::all_of(name, [](char c) {
               return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '.' || c == '_';
           });
}

// The next record of the answer, if it is an exchanger that can be one.
std::optional<MailExchanger> next_exchanger(DnsReader& reader) {
    (void)reader.name();
    const auto type = reader.number();
    const auto dns_class = reader.number();
    reader.skip(4);  // how long it may be remembered
    const auto size = reader.number();
    const auto end = reader.position() + size;
    if (type != mx_type || dns_class != internet_class) {
        reader.skip(size);
        return std::nullopt;
    }
    MailExchanger exchanger;
    exchanger.preference = static_cast<std::uint16_t>(reader.number());
    auto host = reader.name();
    if (!host || !reader.good() || reader.position() != end || !may_be_host_name(*host))
        return std::nullopt;
    exchanger.host = std::move(*host);
    return exchanger;
}

}  // namespace

ExchangerAnswer parse_exchanger_answer(std::string_view message) {
    constexpr unsigned result_mask = 0xf, no_such_name = 3;
    ExchangerAnswer answer;
    if (message.size() < header_size) return answer;
    DnsReader reader(message);
    reader.skip(2);
    const auto result = reader.number() & result_mask;
    auto questions = reader.number();
    auto records = reader.number();
    reader.skip(4);
    if (result == no_such_name) answer.status = ExchangerAnswer::Status::no_domain;
    if (result != 0) return answer;
    for (; questions > 0 && reader.good(); --questions) {
        (void)reader.name();
        reader.skip(4);
    }
    for (; records > 0 && reader.good() && answer.exchangers.size() < most_exchangers; --records)
        if (auto exchanger = next_exchanger(reader))
            answer.exchangers.push_back(std::move(*exchanger));
    if (reader.good()) answer.status = ExchangerAnswer::Status::answered;
    return answer;
}

ExchangerPlan plan_exchangers(const std::string& domain, ExchangerAnswer answer,
                              const std::function<std::size_t(std::size_t)>& random) {
    using Status = ExchangerAnswer::Status;
    ExchangerPlan plan;
    if (answer.status == Status::no_domain) {
        plan.refusal = "there is no domain " + domain;
        return plan;
    }
    if (answer.status == Status::trouble) {
        plan.refusal = "the name service does not tell who takes the mail of " + domain;
        plan.temporary = true;
        return plan;
    }
    auto& all = answer.exchangers;
    if (all.empty()) {
        plan.hosts = {domain};  // it is its own exchanger
        return plan;
    }
    std::erase_if(all, [](const MailExchanger& one) { return one.host.empty(); });
    if (all.empty()) {
        plan.refusal = domain + " takes no mail (null MX, RFC 7505)";
        return plan;
    }
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[random(i)]);
    std::ranges::stable_sort(all, {}, &MailExchanger::preference);
    for (auto& one : all)
        if (std::ranges::find(plan.hosts, one.host) == plan.hosts.end())
            plan.hosts.push_back(std::move(one.host));
    return plan;
}

}  // namespace nettool::proto
