#include "nettool/net/name_cache.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/errc.hpp"
#include "nettool/net/endpoint.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <list>
#include <mutex>
#include <optional>
#include <tuple>
#include <unordered_map>

namespace nettool::net {
namespace {

using Clock = std::chrono::steady_clock;
using Answer = result<NameCache::Addresses>;
using Kept = std::shared_ptr<const Answer>;

// The coroutine that asks.
struct Task {
    explicit Task(asio::any_io_executor its_executor) : executor(std::move(its_executor)) {}

    const asio::any_io_executor executor;  // of who asked first
    asio::cancellation_signal stop;        // emitted there
};

// One question, while it is asked and as long as the answer is kept.  All but the constants is
// guarded by the cache's lock.
struct LookUp {
    LookUp(std::string its_name, Family its_family, const asio::any_io_executor& executor)
        : name(std::move(its_name)), family(its_family), task(std::make_shared<Task>(executor)) {}

    const std::string name;
    const Family family;
    std::shared_ptr<Task> task;  // let go when it is done: an answer keeps no strand
    Kept answer;                 // none yet: under way
    Clock::time_point expires;
    std::list<std::shared_ptr<asio::steady_timer>> waiters;
    std::list<std::shared_ptr<LookUp>>::iterator place;  // among those under way or the known ones
};

std::string lowered_without_dot(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    return ascii_lowered(host);
}

std::string key_of(const std::string& name, Family family) {
    return name + "/46"[static_cast<int>(family)];
}

// RFC 6761, section 6.3: no name server is asked.
bool is_localhost(std::string_view name) {
    return name == "localhost" || name.ends_with(".localhost");
}

Answer loopback(Family family) {
    NameCache::Addresses addresses;
    if (family != Family::v6) addresses.emplace_back(asio::ip::address_v4::loopback());
    if (family != Family::v4) addresses.emplace_back(asio::ip::address_v6::loopback());
    return addresses;
}

std::optional<Answer> known_to_all(const std::string& host, Family family) {
    if (!may_be_host(host)) return error_code(asio::error::host_not_found);
    error_code not_literal;
    const auto literal = asio::ip::make_address(host, not_literal);
    if (!not_literal) {
        if (family != Family::any && literal.is_v4() != (family == Family::v4))
            return error_code(asio::error::address_family_not_supported);
        return NameCache::Addresses(1, literal);
    }
    const auto name = lowered_without_dot(host);
    if (is_localhost(name)) return loopback(family);
    if (name.empty()) return error_code(asio::error::host_not_found);
    return std::nullopt;
}

}  // namespace

class NameCache::State : public std::enable_shared_from_this<State> {
public:
    struct Found {
        Kept answer;
        std::shared_ptr<LookUp> look_up;  // neither: there is no room
        bool is_new = false;
    };

    State(Options options, Resolve resolve) : options_(options), resolve_(std::move(resolve)) {}

    Found find(const std::string& host, Family family, const asio::any_io_executor& executor) {
        auto name = lowered_without_dot(host);
        auto key = key_of(name, family);
        const std::lock_guard lock(mutex_);
        if (const auto entry = entries_.find(key); entry != entries_.end()) {
            const auto& look_up = entry->second;
            if (!look_up->answer) return {nullptr, look_up};
            if (Clock::now() < look_up->expires) {
                known_.splice(known_.begin(), known_, look_up->place);
                return {look_up->answer, nullptr};
            }
            drop(entry);
        }
        if (!make_room()) return {};
        auto begun = std::make_shared<LookUp>(std::move(name), family, executor);
        begun->place = under_way_.insert(under_way_.end(), begun);
        entries_.emplace(std::move(key), begun);
        return {nullptr, std::move(begun), true};
    }

    // On the executor of who asked first, but in a coroutine of its own: that one may leave.
    void begin(const std::shared_ptr<LookUp>& look_up) {
        const auto task = look_up->task;
        auto finished = [state = shared_from_this(), look_up, task](std::exception_ptr error,
                                                                    Answer answer) {
            if (error) answer = error_code(asio::error::operation_aborted);
            state->finish(*look_up, std::make_shared<const Answer>(std::move(answer)));
        };
        asio::co_spawn(task->executor, resolve_(look_up->name, look_up->family),
                       asio::bind_cancellation_slot(task->stop.slot(), std::move(finished)));
    }

    awaitable<Answer> answer_of(LookUp& look_up, asio::any_io_executor executor) {
        const Seat seat(*this, look_up, executor);
        error_code ec;
        if (!seat.answer()) std::tie(ec) = co_await seat.timer->async_wait(no_throw);
        if (const auto answer = seat.answer()) co_return *answer;
        if (ec) co_return ec;
        co_return Errc::timed_out;
    }

    void forget(const std::string& host) {
        const auto name = lowered_without_dot(host);
        const std::lock_guard lock(mutex_);
        for (const auto family : {Family::any, Family::v4, Family::v6})
            if (const auto entry = entries_.find(key_of(name, family)); entry != entries_.end())
                drop(entry);
    }

    void stop() {
        const std::lock_guard lock(mutex_);
        for (const auto& look_up : under_way_)
            asio::post(look_up->task->executor, [task = look_up->task] {
                task->stop.emit(asio::cancellation_type::terminal);
            });
    }

private:
    // Of one who waits; left however the wait ends.  The timer ends it: by itself when patience
    // does, canceled when the answer is there.
    struct Seat {
        Seat(State& its_state, LookUp& its_look_up, const asio::any_io_executor& executor)
            : state(its_state),
              look_up(its_look_up),
              timer(std::make_shared<asio::steady_timer>(executor, Clock::time_point::max())) {
            if (state.options_.patience.count() > 0) timer->expires_after(state.options_.patience);
            const std::lock_guard lock(state.mutex_);
            if (!look_up.answer) look_up.waiters.push_back(timer);
        }
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        ~Seat() {
            const std::lock_guard lock(state.mutex_);
            look_up.waiters.remove(timer);
        }
        Kept answer() const {
            const std::lock_guard lock(state.mutex_);
            return look_up.answer;
        }

        State& state;
        LookUp& look_up;
        std::shared_ptr<asio::steady_timer> timer;
    };

    using Entries = std::unordered_map<std::string, std::shared_ptr<LookUp>>;

    // One that is under way still ends, unheard of by those who come later.
    void drop(Entries::iterator entry) {
        if (entry->second->answer) known_.erase(entry->second->place);
        entries_.erase(entry);
    }

    bool make_room() {
        if (under_way_.size() + known_.size() < options_.most) return true;
        if (known_.empty()) return false;
        const auto& oldest = *known_.back();
        drop(entries_.find(key_of(oldest.name, oldest.family)));
        return true;
    }

    std::chrono::milliseconds time_to_keep(const Answer& answer) const {
        using namespace std::chrono_literals;
        if (answer) return options_.keep;
        return answer.error() == asio::error::host_not_found ? options_.keep_failure : 0ms;
    }

    void finish(LookUp& look_up, Kept answer) {
        std::list<std::shared_ptr<asio::steady_timer>> waiters;
        {
            const std::lock_guard lock(mutex_);
            look_up.expires = Clock::now() + time_to_keep(*answer);
            look_up.answer = std::move(answer);
            look_up.task.reset();
            waiters.swap(look_up.waiters);
            known_.splice(known_.begin(), under_way_, look_up.place);
            const auto entry = entries_.find(key_of(look_up.name, look_up.family));
            const bool is_current = entry != entries_.end() && entry->second.get() == &look_up;
            if (!is_current)
                known_.pop_front();
            else if (look_up.expires <= Clock::now())
                drop(entry);
        }
        for (auto& waiter : waiters) {
            const asio::any_io_executor executor = waiter->get_executor();
            asio::post(executor, [waiter = std::move(waiter)] { waiter->cancel(); });
        }
    }

    const Options options_;
    const Resolve resolve_;
    std::mutex mutex_;
    Entries entries_;
    std::list<std::shared_ptr<LookUp>> under_way_;
    std::list<std::shared_ptr<LookUp>> known_;  // the last used first
};

NameCache::NameCache(Options options, Resolve resolve)
    : state_(std::make_shared<State>(options, std::move(resolve))) {}

NameCache::~NameCache() { state_->stop(); }

awaitable<Answer> NameCache::look_up(std::string host, Family family) {
    if (auto known = known_to_all(host, family)) co_return *std::move(known);
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto state = state_;
    auto found = state->find(host, family, executor);
    if (found.answer) co_return *found.answer;
    if (!found.look_up) co_return error_code(asio::error::host_not_found_try_again);
    if (found.is_new) state->begin(found.look_up);
    co_return co_await state->answer_of(*found.look_up, executor);
}

void NameCache::forget(const std::string& host) { state_->forget(host); }

}  // namespace nettool::net
