#include "nettool/proto/wire/recognition.hpp"

#include "dialects.hpp"

#include <algorithm>
#include <utility>

namespace nettool::proto {

std::optional<std::string> TextLines::next() {
    const auto end = pending_.find('\n');
    if (end == std::string::npos && pending_.size() < max_bytes) return std::nullopt;
    auto line = pending_.substr(0, std::min(end, max_bytes));
    pending_.erase(0, end <= max_bytes ? end + 1 : max_bytes);
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::size_t TextLines::drop(std::size_t size) {
    const auto dropped = std::min(size, pending_.size());
    pending_.erase(0, dropped);
    return dropped;
}

Recognition::Recognition(bool is_tcp, std::uint16_t server_port)
    : is_tcp_(is_tcp), port_(server_port) {}
Recognition::Recognition(Recognition&&) noexcept = default;
Recognition& Recognition::operator=(Recognition&&) noexcept = default;
Recognition::~Recognition() = default;

std::string Recognition::name() const { return dialect_ ? std::string(dialect_->name()) : ""; }

std::string Recognition::summary() const { return dialect_ ? dialect_->summary() : ""; }

std::size_t Recognition::memory() const {
    std::size_t size = request_.capacity() + answer_.capacity();
    for (const auto& part : opening_) size += part.bytes.capacity();
    return size + (dialect_ ? dialect_->memory() : 0);
}

void Recognition::forget() {
    given_up_ = true;
    dialect_.reset();
    forget_opening();
}

void Recognition::forget_opening() {
    std::vector<Part>().swap(opening_);
    std::string().swap(request_);
    std::string().swap(answer_);
}

// With these bytes as the last ones known.
bool Recognition::recognise(const Heard& heard) {
    constexpr std::size_t shown = 2UL << 10;
    auto& first = heard.way == Way::to_server ? request_ : answer_;
    first += heard.bytes.substr(0, shown - std::min(shown, first.size()));
    const Opening opening{is_tcp_, port_, request_, answer_};
    // The surest ones first.
    for (const auto recogniser :
         {recognise_tls, recognise_http, recognise_dns, recognise_smtp, recognise_ping,
          recognise_sum, recognise_lookup, recognise_greeting, recognise_chat, recognise_add,
          recognise_upper}) {
        dialect_ = recogniser(opening);
        if (dialect_) return true;
    }
    return false;
}

// What came before it was recognised is understood now, but its packets have been told.
void Recognition::replay() {
    Said past;
    for (const auto& part : opening_)
        dialect_->read({part.way, part.bytes, false, part.time}, past);
    forget_opening();
}

std::string Recognition::read(const Heard& heard) {
    if (given_up_ || heard.bytes.empty()) return {};
    if (!dialect_) {
        if (recognise(heard)) {
            replay();
        } else {
            opening_.push_back(
                {heard.way, std::string(heard.bytes.substr(0, opening_bytes)), heard.time});
            constexpr std::size_t most_parts = 64;
            std::size_t size = 0;
            for (const auto& part : opening_) size += part.bytes.size();
            if (size >= opening_bytes || opening_.size() > most_parts) forget();
            return {};
        }
    }
    Said said;
    dialect_->read(heard, said);
    if (auto successor = dialect_->successor()) dialect_ = std::move(successor);
    return said.text();
}

}  // namespace nettool::proto
