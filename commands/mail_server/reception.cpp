#include "reception.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"
#include "opened_mail.hpp"

#include <fmt/format.h>

namespace nettool::commands {
namespace {

proto::MailRecord record_of(const smtp::Received& received, const std::string& client) {
    proto::MailRecord record;
    record.received = rfc3339(std::chrono::system_clock::now());
    record.from = to_string(received.envelope.from);
    for (const auto& recipient : received.envelope.recipients)
        record.to.push_back(to_string(recipient.path));
    for (const auto& [keyword, value] : received.envelope.parameters)
        record.parameters.push_back(value.empty() ? keyword : fmt::format("{}={}", keyword, value));
    record.size_bytes = received.size;
    record.protocol = received.protocol;
    record.client_address = client;
    record.client_name = received.dialog.client();
    record.user = received.dialog.user();
    record.tls = received.tls;
    record.defects = sentences(received.defects);
    return record;
}

std::string to_json(proto::MailRecord record, const proto::Transcript& transcript) {
    for (const auto& line : transcript.lines()) record.dialog.push_back(proto::dialog_line(line));
    record.left_out = transcript.left_out();
    return proto::to_json(record);
}

}  // namespace

Reception::Reception(cli::Context& context, Options options, const std::string& directory,
                     proto::FaultRules* faults)
    : context_(context), options_(std::move(options)), mailbox_(directory), faults_(faults) {
    if (!directory.empty()) store_.emplace(directory);
}

awaitable<void> Reception::serve(net::Stream stream) {
    const auto connection = ++connections_;
    const auto client = to_string(stream.flow().peer);
    smtp::SessionParts parts;
    parts.store = store_ ? &*store_ : nullptr;
    parts.faults = faults_;
    proto::MailRecord record;  // of the last message
    parts.envelope_text = [&client, &record](const smtp::Received& received) {
        record = record_of(received, client);
        return to_json(record, received.transcript);
    };
    if (options_.prints)
        parts.said = [this, connection](const proto::TranscriptLine& line) {
            print_line(connection, line);
        };
    parts.not_stored = [this](error_code ec) {
        context_.log.error("cannot store a message in " + escaped(mailbox_.directory()) + ": " +
                           ec.message());
    };
    bool was_last = false;
    parts.stored = [this, &client, &record, &was_last](const smtp::MailStore::Kept& kept,
                                                       const smtp::Received& received) {
        if (!store_) record = record_of(received, client);  // nobody has asked for it yet
        was_last = announce(kept, record) || was_last;
    };
    smtp::ServerSession session(stream, options_.session, std::move(parts));
    co_await session.run();
    if (was_last) on_all_said();
    // Whoever is to drop everything waits for nobody.
    const auto state = co_await asio::this_coro::cancellation_state;
    const bool drops =
        (state.cancelled() & asio::cancellation_type::terminal) != asio::cancellation_type::none;
    if (!drops) co_await stream.finish();
}

void Reception::print_line(std::uint64_t connection, const proto::TranscriptLine& line) const {
    const bool explains = options_.explains || context_.out.format() == cli::Output::Format::json;
    const auto written = proto::dialog_line(line);
    MailDialog said{connection, written.number, written.time, written.speaker, written.text, {},
                    {}};
    if (explains) said.meaning = written.meaning;
    if (explains) said.source = written.source;
    context_.out.emit(said);
}

// Whether that was the last one.
bool Reception::announce(const smtp::MailStore::Kept& kept, const proto::MailRecord& record) {
    const auto mail = read_back(kept, record);
    context_.out.emit(mail);
    if (store_) on_mail(mail);
    const bool enough = ++mails_ == options_.exit_after;
    if (enough) on_enough();
    return enough;
}

// Somebody may have taken it away already, and it has been stored all the same.
Mail Reception::read_back(const smtp::MailStore::Kept& kept,
                          const proto::MailRecord& record) const {
    if (store_) try {
            const smtp::StoredMail stored{kept.id, "new/" + kept.id, true};
            return OpenedMail(mailbox_, stored, kept.number, OpenedMail::in_short, record)
                .summary();
        } catch (const Failure&) {
            context_.log.detail("message " + kept.id + " is gone already");
        }
    Mail mail;
    mail.number = kept.number;
    mail.id = kept.id;
    fill(mail, record);
    return mail;
}

}  // namespace nettool::commands
