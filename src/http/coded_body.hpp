#pragma once
// The body of a response whose size is not known before, compressed on its way where that is
// wanted.

#include "nettool/http/exchange.hpp"
#include "nettool/proto/web/content_encoder.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace nettool::http {

class CodedBody {
public:
    /// `coding`: one of acceptable_codings(), or empty for none.
    /// What is sent is appended to `copy` too, if there is one.
    CodedBody(Exchange& exchange, std::string_view coding, std::string* copy = nullptr)
        : exchange_(exchange), encoder_(proto::ContentEncoder::make(coding)), copy_(copy) {}

    void keep_nothing() { copy_ = nullptr; }

    awaitable<result<void>> write(std::string_view piece) {
        if (!encoder_) {
            if (copy_) *copy_ += piece;
            co_return co_await exchange_.write(piece);
        }
        encoder_->encode(piece, sink_);
        co_return co_await pass(sent_at_once);
    }

    awaitable<result<void>> end() {
        if (encoder_) encoder_->finish(sink_);
        const auto passed = co_await pass(0);
        if (!passed) co_return passed.error();
        co_return co_await exchange_.end();
    }

private:
    static constexpr std::size_t sent_at_once = 32UL * 1024;

    awaitable<result<void>> pass(std::size_t more_than) {
        if (coded_.size() <= more_than) co_return result<void>();
        if (copy_) *copy_ += coded_;
        const auto written = co_await exchange_.write(coded_);
        coded_.clear();
        co_return written;
    }

    Exchange& exchange_;
    std::unique_ptr<proto::ContentEncoder> encoder_;
    std::string* copy_;
    std::string coded_;
    proto::ContentEncoder::Sink sink_ = [this](std::string_view bytes) { coded_ += bytes; };
};

}  // namespace nettool::http
