#pragma once
// The protocols that a conversation may be recognised to speak.

#include "nettool/base/text.hpp"
#include "nettool/proto/wire/recognition.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nettool::proto {

/// The messages that one packet completes.
class Said {
public:
    void add(std::string_view message) {
        constexpr std::size_t most = 400;  // of a line
        if (text_.size() > most) {
            cut_ = true;
            return;
        }
        append_joined(text_, "; ", escaped(message));
    }
    std::string text() const { return cut_ ? text_ + "; …" : text_; }

private:
    std::string text_;
    bool cut_ = false;
};

class Dialect {
public:
    using Heard = Recognition::Heard;

    virtual ~Dialect() = default;
    virtual std::string_view name() const = 0;
    /// Never throws for any bytes.
    virtual void read(const Heard& heard, Said& said) = 0;
    virtual std::string summary() const { return {}; }
    virtual std::size_t memory() const { return 0; }
    /// Who goes on from here, when the protocol was changed.
    virtual std::unique_ptr<Dialect> successor() { return nullptr; }
};

/// The first bytes of both sides, either may be empty.
struct Opening {
    bool is_tcp = true;
    std::uint16_t port = 0;  // the server's
    std::string_view request, answer;
};

/// One for each: nothing if it is not that.
std::unique_ptr<Dialect> recognise_tls(const Opening& opening);
std::unique_ptr<Dialect> recognise_http(const Opening& opening);
std::unique_ptr<Dialect> recognise_dns(const Opening& opening);
std::unique_ptr<Dialect> recognise_smtp(const Opening& opening);
std::unique_ptr<Dialect> recognise_ping(const Opening& opening);
std::unique_ptr<Dialect> recognise_sum(const Opening& opening);
std::unique_ptr<Dialect> recognise_add(const Opening& opening);
std::unique_ptr<Dialect> recognise_lookup(const Opening& opening);
std::unique_ptr<Dialect> recognise_greeting(const Opening& opening);
std::unique_ptr<Dialect> recognise_chat(const Opening& opening);
std::unique_ptr<Dialect> recognise_upper(const Opening& opening);

/// Cuts into lines at LF, without CR; one that is too long is given in parts.
class TextLines {
public:
    static constexpr std::size_t max_bytes = 16UL << 10;

    void feed(std::string_view bytes) { pending_ += bytes; }
    std::optional<std::string> next();
    /// What is left without an end.
    std::string rest() { return std::exchange(pending_, {}); }
    /// Takes so many bytes, or what there is, off what has not been read.
    std::size_t drop(std::size_t size);
    bool empty() const noexcept { return pending_.empty(); }
    std::size_t memory() const noexcept { return pending_.capacity(); }
    void clear() { pending_.clear(); }

private:
    std::string pending_;
};

}  // namespace nettool::proto
