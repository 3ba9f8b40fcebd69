#include "nettool/seeing/pcap_tap.hpp"

#include "nettool/seeing/frame_maker.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <exception>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace nettool::seeing {

using namespace std::chrono_literals;
using net::Event;

namespace {

// Events of several strands come nearly in order, and secrets a little behind the first bytes that
// they decrypt: so long everything waits.
constexpr auto held_back = 25ms;
constexpr std::size_t written_at_once = 128UL * 1024;
constexpr std::size_t most_held_bytes = 4UL * 1024 * 1024;

constexpr std::string_view comment =
    "Made by nettool from what the process itself sent and received. Real: payload and times. "
    "[reconstructed]: headers, sequence numbers (from 0), windows, pure acknowledgements, the "
    "segmentation. [kernel]: given by the kernel.";

}  // namespace

class PcapTap::State : public std::enable_shared_from_this<State> {
public:
    State(const asio::any_io_executor& executor, std::string protocol, Secrets secrets, Write write)
        : frames_(std::move(protocol)),
          includes_secrets_(secrets == Secrets::included),
          write_(std::move(write)),
          timer_(executor) {}

    void add(const Event& event) {
        const std::lock_guard lock(mutex_);
        if (event.kind == Event::Kind::key_log) {
            if (includes_secrets_) secrets_.append(text_of(event)) += '\n';
            return;
        }
        auto& item = items_.emplace_back();
        item.kind = event.kind;
        item.time = event.time;
        if (event.flow.datagram) item.own = std::make_unique<net::Flow>(event.flow);
        item.flow = item.own ? item.own.get() : flow_of(event);
        item.begin = bytes_.size();
        item.size = event.bytes.size();
        bytes_ += text_of(event);
        if (bytes_.size() > most_held_bytes) write_until(event.time - held_back / 10);
        if (!std::exchange(armed_, true))
            asio::post(timer_.get_executor(), [self = shared_from_this()] { self->arm(); });
    }

    void finish() {
        asio::post(timer_.get_executor(), [self = shared_from_this()] {
            self->finished_ = true;
            self->timer_.cancel();
        });
        const std::lock_guard lock(mutex_);
        write_until(WallTime::max());
        write_header();
        const auto end = in_nanoseconds(std::max(last_, first_));
        std::string block;
        proto::pcapng::append_statistics(block,
                                         {in_nanoseconds(first_), end, frames_.packets(), 0});
        out(block);
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    struct Item {
        Event::Kind kind = Event::Kind::closed;
        WallTime time;
        const net::Flow* flow = nullptr;
        std::unique_ptr<const net::Flow> own;  // of a datagram, whose peers are many
        std::size_t begin = 0, size = 0;       // in bytes_
    };

    static std::string_view text_of(const Event& event) {
        return {reinterpret_cast<const char*>(event.bytes.data()), event.bytes.size()};
    }
    static std::chrono::nanoseconds in_nanoseconds(WallTime time) {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
    }

    // A connection's is copied once, and kept until its end is written.
    const net::Flow* flow_of(const Event& event) {
        auto& flow = flows_[event.flow.id];
        if (!flow) flow = std::make_unique<net::Flow>(event.flow);
        return flow.get();
    }

    void arm() {
        if (finished_) return;
        timer_.expires_after(held_back);
        timer_.async_wait([self = shared_from_this()](error_code ec) {
            if (ec || self->finished_) return;
            self->tick();
        });
    }

    void tick() {
        {
            const std::lock_guard lock(mutex_);
            write_until(std::chrono::system_clock::now() - held_back);
            armed_ = !items_.empty();
            if (!armed_) return;
        }
        arm();
    }

    void write_until(WallTime limit) {
        const auto by_time = [](const Item& a, const Item& b) { return a.time < b.time; };
        if (!std::ranges::is_sorted(items_, by_time)) std::ranges::stable_sort(items_, by_time);
        const auto end =
            std::ranges::find_if(items_, [limit](const Item& item) { return item.time > limit; });
        if (end == items_.begin()) return;
        write_header();
        const std::string_view bytes(bytes_);
        if (!secrets_.empty()) proto::pcapng::append_secrets(blocks_, std::exchange(secrets_, {}));
        for (auto item = items_.begin(); item != end; ++item) {
            const auto part = bytes.substr(item->begin, item->size);
            frames_.append(blocks_, {item->kind, item->time, *item->flow, net::bytes_of(part)});
            last_ = item->time;
            if (item->kind == Event::Kind::closed) flows_.erase(item->flow->id);
            if (blocks_.size() > written_at_once) flush();
        }
        items_.erase(items_.begin(), end);
        keep_bytes();
        flush();
    }

    // The memory of all these is used again: new pages cost more than what is written on them.
    void flush() {
        out(blocks_);
        blocks_.clear();
    }

    // Those of the items that are left.
    void keep_bytes() {
        kept_.clear();
        for (auto& item : items_) {
            const auto begin = kept_.size();
            kept_.append(bytes_, item.begin, item.size);
            item.begin = begin;
        }
        bytes_.swap(kept_);
    }

    void write_header() {
        if (std::exchange(begun_, true)) return;
        first_ = items_.empty() ? std::chrono::system_clock::now() : items_.front().time;
        proto::pcapng::Interface interface;
        const auto filter = items_.empty() ? std::string() : filter_of(*items_.front().flow);
        interface.name = "nettool0";
        interface.description = "nettool's own sockets";
        interface.filter = filter;
        std::string blocks;
        proto::pcapng::append_section(blocks, "nettool", comment);
        proto::pcapng::append_interface(blocks, interface);
        out(blocks);
    }

    static std::string filter_of(const net::Flow& flow) {
        const auto port = flow.side == net::Side::server ? flow.local.port : flow.peer.port;
        return (flow.datagram ? "udp port " : "tcp port ") + std::to_string(port);
    }

    // The connection matters more than its record: a failure is kept for the end.
    void out(std::string_view blocks) {
        if (failure_) return;
        try {
            write_(blocks);
        } catch (...) {
            failure_ = std::current_exception();
        }
    }

    std::mutex mutex_;
    std::vector<Item> items_;
    std::string bytes_, kept_, blocks_;
    std::string secrets_;
    std::unordered_map<std::uint64_t, std::unique_ptr<const net::Flow>> flows_;
    FrameMaker frames_;
    bool includes_secrets_;
    Write write_;
    bool begun_ = false;
    bool armed_ = false;
    WallTime first_, last_;
    std::exception_ptr failure_;
    asio::steady_timer timer_;  // on its executor only, like the next one
    bool finished_ = false;
};

PcapTap::PcapTap(const asio::any_io_executor& executor, std::string protocol, Secrets secrets,
                 Write write)
    : state_(std::make_shared<State>(executor, std::move(protocol), secrets, std::move(write))) {}

PcapTap::~PcapTap() = default;

void PcapTap::observe(const Event& event) noexcept {
    try {
        state_->add(event);
    } catch (const std::exception&) {
        return;  // no memory for a frame: the connection matters more
    }
}

void PcapTap::finish() { state_->finish(); }

}  // namespace nettool::seeing
