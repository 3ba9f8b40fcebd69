// Recognises and follows SMTP (RFC 5321, 3207, 3030).

#include "dialects.hpp"
#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

class Smtp final : public Dialect {
public:
    std::string_view name() const override { return "SMTP"; }
    std::size_t memory() const override { return commands_.memory() + replies_.memory(); }

    void read(const Heard& heard, Said& said) override {
        auto& lines = heard.way == Way::to_server ? commands_ : replies_;
        if (heard.behind_gap) lines.clear();
        lines.feed(heard.bytes);
        if (heard.way == Way::to_client) {
            while (const auto line = lines.next()) reply(*line, said);
            return;
        }
        while (!lines.empty() && !encrypted_) {
            if (skip_ > 0) {
                skip_ -= lines.drop(skip_);
                if (skip_ == 0) said.add("SMTP end of a chunk of mail");
                continue;
            }
            const auto line = lines.next();
            if (!line) return;
            command(*line, said);
        }
    }

    std::unique_ptr<Dialect> successor() override {
        if (!encrypted_) return nullptr;
        constexpr std::string_view hello("\x16\x03\x01\x00\x04\x01", 6);
        return recognise_tls({true, 0, hello, {}});
    }

private:
    enum class State { commands, data, secret };

    void command(const std::string& line, Said& said) {
        if (state_ == State::data) {
            mail_bytes_ += line.size() + 2;
            if (line != ".") return;
            state_ = State::commands;
            return said.add(fmt::format("SMTP end of the mail, {} B", mail_bytes_ - 3));
        }
        if (state_ == State::secret) {
            state_ = State::commands;
            return said.add("SMTP answer to the challenge");
        }
        verb_ = ascii_lowered(line.substr(0, line.find(' ')));
        if (verb_ == "bdat") {
            const auto size = line.substr(std::min<std::size_t>(5, line.size()));
            std::from_chars(size.data(), size.data() + size.size(), skip_);
        }
        said.add("SMTP " + line);
    }

    void reply(const std::string& line, Said& said) {
        const auto code = line.substr(0, 3);
        const bool last = line.size() < 4 || line[3] != '-';
        if (!last) {
            if (lines_++ == 0) first_ = line.substr(4);
            return;
        }
        if (lines_ > 0)
            said.add(fmt::format("SMTP {} {} and {} more lines", code, first_, lines_));
        else
            said.add("SMTP " + line);
        lines_ = 0;
        if (code == "354") {
            state_ = State::data;
            mail_bytes_ = 0;
        }
        if (code == "334") state_ = State::secret;
        if (code == "220" && verb_ == "starttls") encrypted_ = true;
    }

    TextLines commands_, replies_;
    State state_ = State::commands;
    std::string verb_;        // of the last command
    std::uint64_t skip_ = 0;  // of a chunk
    std::uint64_t mail_bytes_ = 0;
    std::uint64_t lines_ = 0;  // of a reply of several
    std::string first_;
    bool encrypted_ = false;
};

}  // namespace

std::unique_ptr<Dialect> recognise_smtp(const Opening& opening) {
    constexpr std::array<std::uint16_t, 6> ports = {25, 465, 587, 1025, 2500, 2525};
    const auto greeting = opening.answer.substr(0, opening.answer.find('\n'));
    const bool greets = greeting.starts_with("220 ") || greeting.starts_with("220-");
    const bool says = greeting.find("SMTP") != std::string_view::npos;
    const bool there = std::ranges::find(ports, opening.port) != ports.end();
    if (!opening.is_tcp || !greets || (!says && !there)) return nullptr;
    return std::make_unique<Smtp>();
}

}  // namespace nettool::proto
