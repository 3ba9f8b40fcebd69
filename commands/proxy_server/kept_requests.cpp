#include "kept_requests.hpp"

#include <algorithm>

namespace nettool::commands {
namespace {

std::size_t size_of(const KeptRequest& request) {
    const auto& transaction = *request.transaction;
    const auto& heads = transaction.heads;
    std::size_t size = sizeof(proxy::Transaction);
    for (const auto* text : {&transaction.method, &transaction.url, &transaction.cause,
                             &transaction.error, &transaction.injected, &heads.request_received,
                             &heads.request_sent, &heads.response_received, &heads.response_sent})
        size += text->size();
    return size;
}

}  // namespace

void KeptRequests::keep(const proxy::Transaction& transaction, RequestState state) {
    KeptRequest request{state, std::make_shared<const proxy::Transaction>(transaction)};
    const auto id = transaction.id;
    const std::lock_guard lock(mutex_);
    count(id, state);
    for (auto* requests : {&under_way_, &ended_})
        if (const auto before = requests->find(id); before != requests->end())
            drop(*requests, before);
    bytes_ += size_of(request);
    auto& requests = state == RequestState::ended ? ended_ : under_way_;
    requests.emplace(id, std::move(request));
    make_room();
}

void KeptRequests::count(std::uint64_t id, RequestState state) {
    if (state == RequestState::ended)
        running_.erase(id);
    else
        running_.insert(id);
    most_at_once_ = std::max(most_at_once_, running_.size());
}

void KeptRequests::drop(Requests& requests, Requests::iterator which) {
    bytes_ -= size_of(which->second);
    requests.erase(which);
}

void KeptRequests::make_room() {
    const auto is_full = [this] {
        return under_way_.size() + ended_.size() > limits_.requests || bytes_ > limits_.bytes;
    };
    while (is_full() && !ended_.empty()) drop(ended_, ended_.begin());
    while (is_full() && !under_way_.empty()) drop(under_way_, under_way_.begin());
}

void KeptRequests::clear() {
    const std::lock_guard lock(mutex_);
    while (!ended_.empty()) drop(ended_, ended_.begin());
    most_at_once_ = running_.size();
}

std::vector<KeptRequest> KeptRequests::newest(std::size_t limit) const {
    std::vector<KeptRequest> newest;
    const std::lock_guard lock(mutex_);
    newest.reserve(std::min(limit, under_way_.size() + ended_.size()));
    auto running = under_way_.rbegin();
    auto ended = ended_.rbegin();
    while (newest.size() < limit) {
        const bool has_running = running != under_way_.rend(), has_ended = ended != ended_.rend();
        if (!has_running && !has_ended) break;
        if (has_running && (!has_ended || running->first > ended->first))
            newest.push_back((running++)->second);
        else
            newest.push_back((ended++)->second);
    }
    return newest;
}

std::optional<KeptRequest> KeptRequests::find(std::uint64_t id) const {
    const std::lock_guard lock(mutex_);
    for (const auto* requests : {&under_way_, &ended_})
        if (const auto found = requests->find(id); found != requests->end()) return found->second;
    return std::nullopt;
}

KeptRequests::Counts KeptRequests::counts() const {
    const std::lock_guard lock(mutex_);
    return {under_way_.size() + ended_.size(), running_.size(), most_at_once_};
}

}  // namespace nettool::commands
