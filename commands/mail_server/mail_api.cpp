#include "mail_api.hpp"

#include "mail_views.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/cli/values.hpp"
#include "nettool/proto/web/target_path.hpp"

#include <new>

namespace nettool::commands {
namespace {

constexpr std::size_t most_listed = 1000;

ApiReply refusal(unsigned status, std::string why) {
    ApiReply reply;
    reply.status = status;
    reply.body = std::move(why);
    return reply;
}

ApiReply json_reply(std::string text) {
    ApiReply reply;
    reply.fields.emplace_back("Content-Type", "application/json");
    reply.body = std::move(text);
    return reply;
}

// One mail a line, as --list --json has them.
ApiReply list(MailIndex& index, std::string_view query) {
    MailIndex::Wanted wanted;
    wanted.query = proto::form_value(query, "query");
    wanted.before = proto::form_value(query, "before");
    const auto limit = proto::form_value(query, "limit");
    const bool is_good = limit.empty() || cli::parse_value(limit, wanted.limit);
    if (!is_good || wanted.limit > most_listed)
        return refusal(400, "limit is a number up to " + std::to_string(most_listed));
    const auto found = index.list(wanted);
    if (!found.is_known) return refusal(404, "there is no such message");
    std::string text = "[";
    for (const auto& mail : found.mails) {
        text += text.size() > 1 ? ",\n" : "\n";
        text += cli::json_line(mail);
        text.pop_back();
    }
    auto reply = json_reply(text + "\n]\n");
    reply.fields.emplace_back("X-Total-Count", std::to_string(found.total));
    return reply;
}

// One that stays keeps no other, and the pages look what is left.
ApiReply remove_all(MailIndex& index) {
    ApiReply reply;
    reply.status = 204;
    for (const auto& mail : index.mailbox().all()) {
        try {
            index.remove(mail);
        } catch (const Failure& failure) {
            reply = refusal(500, failure.what());
        }
    }
    reply.removed = cli::json_line(MailRemoved{});
    return reply;
}

ApiReply remove(MailIndex& index, const smtp::StoredMail& mail) {
    index.remove(mail);
    ApiReply reply;
    reply.status = 204;
    reply.removed = cli::json_line(MailRemoved{mail.id});
    return reply;
}

ApiReply show(const MailIndex& index, const MailIndex::Place& place) {
    const OpenedMail mail(index.mailbox(), place.mail, place.number, OpenedMail::in_full);
    return json_reply(cli::json_line(mail.details()));
}

ApiReply answer_mail(MailIndex& index, const ApiRequest& request, const MailIndex::Place& place) {
    const auto& path = request.path;
    const bool deletes = request.method == "DELETE";
    if (path.size() == 2 && deletes) return remove(index, place.mail);
    if (deletes) return refusal(405, "only whole messages can be deleted");
    if (path.size() == 2) return show(index, place);
    if (path.size() == 3 && path[2] == "source")
        return source_of(index, place, proto::query_value(request.query, "download").has_value());
    if (path.size() == 3 && path[2] == "html") return html_of(index, place);
    if (path.size() == 4 && path[2] == "parts") return part_of(index, place, path[3]);
    return refusal(404, "there is nothing here");
}

ApiReply answer_path(MailIndex& index, const ApiRequest& request) {
    const auto& path = request.path;
    if (path.empty() || path[0] != "mails") return refusal(404, "there is nothing here");
    if (path.size() == 1)
        return request.method == "DELETE" ? remove_all(index) : list(index, request.query);
    const auto place = index.place_of(path[1]);
    if (!place) return refusal(404, "there is no such message");
    return answer_mail(index, request, *place);
}

}  // namespace

std::string print(const MailRemoved& removed) { return "removed " + removed.id; }

ApiReply answer_api(MailIndex& index, const ApiRequest& request) noexcept {
    try {
        return answer_path(index, request);
    } catch (const Failure& failure) {
        return refusal(500, failure.what());
    } catch (const std::bad_alloc&) {
        return refusal(500, "the server has run out of memory");
    } catch (const std::exception&) {
        return refusal(500, "the server has made a mistake");
    }
}

}  // namespace nettool::commands
