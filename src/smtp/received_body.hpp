#pragma once
// What comes of a message; more than the limit is read and thrown away.

#include "nettool/base/failure.hpp"
#include "nettool/smtp/server_session.hpp"

#include <algorithm>

namespace nettool::smtp {

class ServerSession::Body {
public:
    Body(MailStore* store, std::uint64_t max_size) : max_size_(max_size) {
        if (store) message_ = std::make_unique<MailStore::Incoming>(*store);
    }

    void write(std::string_view bytes) {
        constexpr std::size_t shown = 1000;
        size_ += bytes.size();
        if (beginning_.size() < shown)
            beginning_ += bytes.substr(0, std::min(bytes.size(), shown - beginning_.size()));
        if (size_ > max_size_ || trouble_) message_.reset();
        if (!message_) return;
        try {
            message_->write(bytes);
        } catch (const Failure& failure) {
            trouble_ = failure.cause();
        }
    }

    std::uint64_t size() const noexcept { return size_; }
    bool is_too_long() const noexcept { return size_ > max_size_; }
    error_code trouble() const noexcept { return trouble_; }
    const std::string& beginning() const noexcept { return beginning_; }
    std::unique_ptr<MailStore::Incoming> take() { return std::move(message_); }

    proto::DataDefects defects;

private:
    std::unique_ptr<MailStore::Incoming> message_;
    std::string beginning_;
    std::uint64_t max_size_;
    std::uint64_t size_ = 0;
    error_code trouble_;
};

}  // namespace nettool::smtp
