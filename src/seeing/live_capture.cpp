#include "nettool/seeing/live_capture.hpp"

#include "nettool/base/lazy_library.hpp"
#include "nettool/base/text.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <exception>

#include <fmt/format.h>
#include <pcap/pcap.h>
#include <unistd.h>

namespace nettool::seeing {
namespace {

/// The functions of libpcap that are used here.
struct Pcap {
    LazyLibrary library{"libpcap.so.0.8", "libpcap0.8"};

    template <class Function>
    Function* find(const char* name) const {
        return library.find<Function>(name);
    }

    decltype(::pcap_create)* create = find<decltype(::pcap_create)>("pcap_create");
    decltype(::pcap_set_snaplen)* set_snaplen =
        find<decltype(::pcap_set_snaplen)>("pcap_set_snaplen");
    decltype(::pcap_set_timeout)* set_timeout =
        find<decltype(::pcap_set_timeout)>("pcap_set_timeout");
    decltype(::pcap_set_buffer_size)* set_buffer_size =
        find<decltype(::pcap_set_buffer_size)>("pcap_set_buffer_size");
    decltype(::pcap_set_tstamp_precision)* set_precision =
        find<decltype(::pcap_set_tstamp_precision)>("pcap_set_tstamp_precision");
    decltype(::pcap_activate)* activate = find<decltype(::pcap_activate)>("pcap_activate");
    decltype(::pcap_compile)* compile = find<decltype(::pcap_compile)>("pcap_compile");
    decltype(::pcap_setfilter)* set_filter = find<decltype(::pcap_setfilter)>("pcap_setfilter");
    decltype(::pcap_freecode)* free_code = find<decltype(::pcap_freecode)>("pcap_freecode");
    decltype(::pcap_setnonblock)* set_nonblock =
        find<decltype(::pcap_setnonblock)>("pcap_setnonblock");
    decltype(::pcap_get_selectable_fd)* selectable =
        find<decltype(::pcap_get_selectable_fd)>("pcap_get_selectable_fd");
    decltype(::pcap_dispatch)* dispatch = find<decltype(::pcap_dispatch)>("pcap_dispatch");
    decltype(::pcap_datalink)* datalink = find<decltype(::pcap_datalink)>("pcap_datalink");
    decltype(::pcap_stats)* stats = find<decltype(::pcap_stats)>("pcap_stats");
    decltype(::pcap_geterr)* error = find<decltype(::pcap_geterr)>("pcap_geterr");
    decltype(::pcap_statustostr)* status = find<decltype(::pcap_statustostr)>("pcap_statustostr");
    decltype(::pcap_close)* close = find<decltype(::pcap_close)>("pcap_close");
};

}  // namespace

class LiveCapture::Handle {
public:
    Handle(const asio::any_io_executor& executor, const Options& options)
        : readable(executor), interface_(options.interface) {
        std::array<char, PCAP_ERRBUF_SIZE> why{};
        pcap_ = api_.create(options.interface.c_str(), why.data());
        if (!pcap_) fail(why.data());
        try {
            open(options);
        } catch (...) {
            api_.close(pcap_);
            throw;
        }
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { api_.close(pcap_); }

    std::size_t take(std::size_t most, const std::function<void(const Packet&)>& sink) {
        Taking taking{sink, nullptr};
        const int n = api_.dispatch(pcap_, static_cast<int>(most), &Handle::take_one,
                                    reinterpret_cast<u_char*>(&taking));
        if (taking.error) std::rethrow_exception(taking.error);
        if (n < 0) fail(api_.error(pcap_));
        return static_cast<std::size_t>(n);
    }

    Counts counts() const {
        pcap_stat found{};
        if (api_.stats(pcap_, &found) != 0) fail(api_.error(pcap_));
        return {found.ps_recv, found.ps_drop, found.ps_ifdrop};
    }

    std::uint16_t linktype() const { return static_cast<std::uint16_t>(api_.datalink(pcap_)); }

    asio::posix::stream_descriptor readable;

private:
    struct Taking {
        const std::function<void(const Packet&)>& sink;
        std::exception_ptr error;
    };

    // Called by C, through which nothing may be thrown.
    static void take_one(u_char* user, const pcap_pkthdr* head, const u_char* bytes) {
        auto& taking = *reinterpret_cast<Taking*>(user);
        if (taking.error) return;
        try {
            // With nanoseconds asked for, the microseconds are these.
            const auto time =
                std::chrono::seconds(head->ts.tv_sec) + std::chrono::nanoseconds(head->ts.tv_usec);
            taking.sink({time, {reinterpret_cast<const char*>(bytes), head->caplen}, head->len});
        } catch (...) {
            taking.error = std::current_exception();
        }
    }

    [[noreturn]] void fail(std::string_view why) const {
        throw Failure(Fault::local, "cannot capture on " + interface_ + ": " + std::string(why));
    }

    void open(const Options& options) {
        api_.set_snaplen(pcap_, static_cast<int>(options.most_captured));
        api_.set_timeout(pcap_, static_cast<int>(latency.count()));
        api_.set_buffer_size(pcap_, static_cast<int>(options.buffer_bytes));
        api_.set_precision(pcap_, PCAP_TSTAMP_PRECISION_NANO);
        activate();
        set_filter(options.filter);
        std::array<char, PCAP_ERRBUF_SIZE> why{};
        if (api_.set_nonblock(pcap_, 1, why.data()) != 0) fail(why.data());
        // Asio closes what it waits for.
        const int own = ::dup(api_.selectable(pcap_));
        if (own < 0) fail(last_error().message());
        readable.assign(own);
    }

    void activate() {
        const int status = api_.activate(pcap_);
        if (status >= 0) return;
        if (status == PCAP_ERROR_PERM_DENIED)
            throw NotPermitted(Fault::local, "cannot capture on " + interface_ + ": not permitted");
        if (status == PCAP_ERROR_NO_SUCH_DEVICE) fail("there is no such interface");
        const std::string why = api_.error(pcap_);
        fail(why.empty() ? api_.status(status) : why);
    }

    void set_filter(const std::string& filter) {
        if (filter.empty()) return;
        bpf_program program{};
        if (api_.compile(pcap_, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
            throw Failure(Fault::local, "not a capture filter: " + quoted(filter, 200) + ": " +
                                            api_.error(pcap_));
        const int status = api_.set_filter(pcap_, &program);
        api_.free_code(&program);
        if (status != 0) fail(api_.error(pcap_));
    }

    Pcap api_;
    std::string interface_;
    pcap_t* pcap_ = nullptr;
};

LiveCapture::LiveCapture(const asio::any_io_executor& executor, const Options& options)
    : handle_(std::make_unique<Handle>(executor, options)) {}

LiveCapture::~LiveCapture() = default;

std::uint16_t LiveCapture::linktype() const noexcept { return handle_->linktype(); }

awaitable<error_code> LiveCapture::wait() {
    const auto [ec] =
        co_await handle_->readable.async_wait(asio::posix::stream_descriptor::wait_read, no_throw);
    co_return ec;
}

std::size_t LiveCapture::take(std::size_t most, const std::function<void(const Packet&)>& sink) {
    return handle_->take(most, sink);
}

LiveCapture::Counts LiveCapture::counts() const { return handle_->counts(); }

}  // namespace nettool::seeing
