#include "nettool/http/event_stream.hpp"

#include "nettool/net/task_group.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <atomic>

namespace nettool::http {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_listeners = 64;
constexpr std::size_t most_waiting_bytes = 1024UL * 1024;  // of one listener
constexpr auto silence = 15s;  // so that what stands between does not hang up

std::string event_text(std::string_view event, std::string_view data) {
    if (data.ends_with('\n')) data.remove_suffix(1);
    return "event: " + std::string(event) + "\ndata: " + std::string(data) + "\n\n";
}

}  // namespace

struct EventStream::Audience {
    asio::any_io_executor strand;
    std::vector<Listener*> listeners;
    std::atomic<std::size_t> count = 0;  // of them, for other strands
};

/// One page.
class EventStream::Listener {
public:
    explicit Listener(Audience& audience) : audience_(audience), change_(audience.strand) {
        audience_.listeners.push_back(this);
        ++audience_.count;
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() {
        std::erase(audience_.listeners, this);
        --audience_.count;
    }

    void add(const Text& text) {
        if (size_ + text->size() > most_waiting_bytes) {
            waiting_.clear();
            size_ = 0;
            waiting_.push_back(std::make_shared<const std::string>(event_text("missed", "{}")));
        }
        size_ += text->size();
        waiting_.push_back(text);
        change_.cancel();
    }

    /// Returns when there is something, after a silence, or when the server stops.
    awaitable<void> wait() {
        if (!waiting_.empty()) co_return;
        change_.expires_after(silence);
        (void)co_await change_.async_wait(no_throw);
    }

    /// All that waits; a comment where nothing does.
    std::string take() {
        std::string text;
        for (const auto& event : waiting_) text += *event;
        waiting_.clear();
        size_ = 0;
        return text.empty() ? ":\n\n" : text;
    }

private:
    Audience& audience_;
    asio::steady_timer change_;
    std::deque<Text> waiting_;
    std::size_t size_ = 0;
};

EventStream::EventStream(asio::any_io_executor strand) : audience_(std::make_shared<Audience>()) {
    audience_->strand = std::move(strand);
}

bool EventStream::is_heard() const noexcept { return audience_->count > 0; }

void EventStream::tell(std::string_view event, std::string_view data) const {
    auto text = std::make_shared<const std::string>(event_text(event, data));
    asio::post(audience_->strand, [audience = audience_, text = std::move(text)] {
        for (auto* listener : audience->listeners) listener->add(text);
    });
}

awaitable<result<void>> EventStream::stream(Exchange& exchange, const ReplyFields& reply) const {
    const bool stopped = co_await net::stop_requested();
    if (stopped || audience_->listeners.size() >= most_listeners)
        co_return co_await reply.refuse(exchange, 503, "too many pages are open");
    co_await net::hear_requests_to_stop();
    exchange.close_afterwards();
    auto head = reply.head(200);
    head.field("Content-Type", "text/event-stream");
    Listener listener(*audience_);
    const auto begun = co_await exchange.begin(std::move(head), std::nullopt);
    if (!begun) co_return begun.error();
    const auto passed = co_await pass_on(exchange, listener);
    if (!passed) co_return passed.error();
    co_await net::note_requests_to_stop();  // the end is still said
    co_return co_await exchange.end();
}

awaitable<result<void>> EventStream::pass_on(Exchange& exchange, Listener& listener) {
    const auto greeted = co_await exchange.write("retry: 1000\n\n");
    if (!greeted || exchange.request().method == "HEAD") co_return greeted;
    for (;;) {
        co_await listener.wait();
        const bool stopped = co_await net::stop_requested();
        if (stopped) co_return result<void>();
        const auto text = listener.take();
        const auto written = co_await exchange.write(text);
        if (!written) co_return written;
    }
}

}  // namespace nettool::http
