#include "live_views.hpp"

#include "nettool/proto/web/http_terms.hpp"
#include "nettool/proxy/head_changes.hpp"
#include "nettool/proxy/phases.hpp"

#include <array>

namespace nettool::commands {
namespace {

std::optional<double> milliseconds(proxy::Phases::Part part) {
    constexpr double microseconds_in_one = 1000;
    if (!part) return std::nullopt;
    return static_cast<double>(*part / std::chrono::microseconds(1)) / microseconds_in_one;
}

LivePhases live_phases(const proxy::Transaction& transaction) {
    const auto phases = proxy::phases_of(transaction);
    return {milliseconds(phases.held),   milliseconds(phases.name), milliseconds(phases.connect),
            milliseconds(phases.tls),    milliseconds(phases.send), milliseconds(phases.wait),
            milliseconds(phases.receive)};
}

std::string_view word_of(RequestState state) {
    constexpr std::array<std::string_view, 3> words = {"begun", "opened", "ended"};
    return words[static_cast<std::size_t>(state)];
}

std::string_view word_of(proxy::FieldChange::Kind kind) {
    constexpr std::array<std::string_view, 4> words = {"same", "added", "removed", "changed"};
    return words[static_cast<std::size_t>(kind)];
}

LiveField live_field(const proxy::FieldChange& change) {
    LiveField field;
    field.name = change.name;
    field.change = word_of(change.kind);
    if (change.before) field.before = *change.before;
    if (change.after) field.after = *change.after;
    field.why = change.reason.why;
    field.source = change.reason.source;
    const auto term = proto::field_term(change.name);
    if (!term) return field;
    field.meaning = term->meaning;
    field.meaning_source = term->source;
    return field;
}

LiveHead live_head(const std::string& before, const std::string& after, proxy::HeadOf kind) {
    const auto changes = proxy::changes_between(before, after, kind);
    LiveHead head;
    head.line_before = changes.line_before;
    head.line_after = changes.line_after;
    head.why = changes.reason.why;
    head.source = changes.reason.source;
    for (const auto& change : changes.fields) head.fields.push_back(live_field(change));
    return head;
}

}  // namespace

std::string print(const LiveCounts& counts) {
    return std::to_string(counts.under_way) + " under way, most at once " +
           std::to_string(counts.most_at_once);
}

LiveRequest live_request(const KeptRequest& request) {
    const auto& transaction = *request.transaction;
    LiveRequest live;
    static_cast<ProxiedRequest&>(live) = proxied_request(transaction);
    live.id = transaction.id;
    live.state = word_of(request.state);
    live.client_connection = transaction.connection;
    live.phases = live_phases(transaction);
    return live;
}

LiveDetails live_details(const KeptRequest& request) {
    const auto& heads = request.transaction->heads;
    LiveDetails details;
    static_cast<LiveRequest&>(details) = live_request(request);
    details.request_received = heads.request_received;
    details.request_sent = heads.request_sent;
    details.response_received = heads.response_received;
    details.response_sent = heads.response_sent;
    details.request = live_head(heads.request_received, heads.request_sent, proxy::HeadOf::request);
    details.response =
        live_head(heads.response_received, heads.response_sent, proxy::HeadOf::response);
    return details;
}

LiveCounts live_counts(const KeptRequests::Counts& counts) {
    return {counts.kept, counts.under_way, counts.most_at_once};
}

}  // namespace nettool::commands
