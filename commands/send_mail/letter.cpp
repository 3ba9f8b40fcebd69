#include "letter.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/clock.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/random_hex.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/mail/people.hpp"
#include "nettool/proto/web/charset.hpp"
#include "nettool/proto/web/media_type.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

namespace nettool::commands {
namespace {

constexpr std::string_view line_ends("\r\n\0", 3);
constexpr std::size_t most_text = 64UL * 1024 * 1024;

std::chrono::minutes utc_offset_of(std::chrono::sys_seconds time) {
    const auto seconds = std::chrono::system_clock::to_time_t(time);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return std::chrono::duration_cast<std::chrono::minutes>(std::chrono::seconds(local.tm_gmtoff));
}

// What is no UTF-8 was most likely written on an old machine.
std::string as_utf8(std::string text) {
    if (proto::is_utf8(text)) return text;
    return proto::utf8_of(text, "windows-1252");
}

bool is_field_name(std::string_view name) {
    return !name.empty() &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

// RFC 5322 §3.6
bool is_there_once(std::string_view name) {
    constexpr std::array once = {"date", "from",       "sender",      "reply-to",   "to",
                                 "cc",   "message-id", "in-reply-to", "references", "subject"};
    return std::ranges::any_of(
        once, [name](std::string_view one) { return equal_ignoring_case(name, one); });
}

bool has_field(const proto::MailDraft& draft, std::string_view name) {
    return std::ranges::any_of(
        draft.fields, [name](const auto& field) { return equal_ignoring_case(field.first, name); });
}

}  // namespace

void Letter::declare(cli::OptionSet& options) {
    options.group("Message")
        .value("from", from_text_, "ADDRESS",
               "who sends it: a@b, or a name and <a@b>; <>: nobody (default: --user)")
        .list("to", to_, "ADDRESS", "who is to get it; several with commas, or again")
        .list("cc", cc_, "ADDRESS", "who is to get a copy")
        .list("bcc", bcc_, "ADDRESS", "who is to get one that the others do not hear of")
        .value("subject,s", subject_, "TEXT", "what it is about")
        .value("body", body_, "TEXT", "what it says")
        .value("body-file", body_file_, "FILE",
               "the same from a file; without one of them from standard input")
        .value("html", html_file_, "FILE", "the same as HTML, beside the text or alone")
        .list("attach", attachments_, "FILE", "send this with it")
        .list("header", headers_, "'NAME: VALUE'", "another field, or in place of one of ours")
        .value("raw", raw_file_, "FILE", "send this as it is: a whole message with its header");
}

// Rule C12: with a line end in it, it could say anything to the server or its readers.
void Letter::check_text(std::string_view option, const std::string& text) const {
    if (text.find_first_of(line_ends) != text.npos)
        throw cli::UsageError(std::string(option) +
                              ": CR, LF and NUL cannot be sent: " + quoted(text, 200));
    if (has_control_bytes(text))
        throw cli::UsageError(std::string(option) +
                              ": control characters cannot be sent: " + quoted(text, 200));
}

std::vector<proto::MailPerson> Letter::people(std::string_view option,
                                              const std::vector<std::string>& lists) {
    std::vector<proto::MailPerson> all;
    for (const auto& list : lists) {
        check_text(option, list);
        const auto people = proto::parse_people(as_utf8(list));
        if (!people)
            throw cli::UsageError(std::string(option) + ": no address: " + quoted(list, 200));
        all.insert(all.end(), people->begin(), people->end());
    }
    return all;
}

void Letter::address() {
    if (from_text_.empty()) throw cli::UsageError("--from is missing: who sends it");
    if (from_text_ != "<>") {
        const auto from = people("--from", {from_text_});
        if (from.size() != 1) throw cli::UsageError("--from takes one address");
        draft_.from = from.front();
        from_path_ = draft_.from.path;
    }
    draft_.to = people("--to", to_);
    draft_.cc = people("--cc", cc_);
    for (const auto& list : {draft_.to, draft_.cc, people("--bcc", bcc_)}) {
        for (const auto& person : list) {
            if (std::ranges::find(recipients_, person.path) == recipients_.end())
                recipients_.push_back(person.path);
        }
    }
    if (recipients_.empty())
        throw cli::UsageError("--to is missing: who is to get it (or --cc, --bcc)");
}

void Letter::add_header(const std::string& line) {
    check_text("--header", line);
    const auto colon = line.find(':');
    const std::string name(trimmed(std::string_view(line).substr(0, colon)));
    if (colon == line.npos || !is_field_name(name))
        throw cli::UsageError("--header: no field: " + quoted(line, 200) + " ('NAME: VALUE')");
    for (const auto* made : {"content-type", "content-transfer-encoding", "mime-version"})
        if (equal_ignoring_case(name, made))
            throw cli::UsageError("--header: " + name +
                                  " says how the message is made; --raw sends one of your own");
    if (equal_ignoring_case(name, "bcc"))
        throw cli::UsageError("--header: everybody would see them; use --bcc");
    if (is_there_once(name) && has_field(draft_, name))
        throw cli::UsageError("--header: a message has one " + name);
    auto value = as_utf8(std::string(trimmed(std::string_view(line).substr(colon + 1))));
    if (equal_ignoring_case(name, "message-id")) own_id_ = value;
    draft_.fields.emplace_back(name, std::move(value));
}

awaitable<void> Letter::read_texts(cli::Context& context) {
    const bool nothing_said = !body_ && body_file_.empty() && html_file_.empty();
    if (body_ && !body_file_.empty())
        throw cli::UsageError("--body and --body-file exclude one another");
    const auto text_file = nothing_said ? std::string("-") : body_file_;
    if (text_file == "-" && ::isatty(context.input) == 1)
        context.log.notice("type the message; Ctrl-D on a line of its own ends it");
    if (body_) draft_.text = as_utf8(*body_);
    for (const bool html : {false, true}) {
        const auto& path = html ? html_file_ : text_file;
        if (path.empty()) continue;
        const auto file = co_await MailFile::open(context, path);
        if (file->size() > most_text)
            throw Failure(Fault::local, escaped(path) + " is too long for a text; attach it");
        (html ? draft_.html : draft_.text) =
            as_utf8(file->read(0, static_cast<std::size_t>(file->size())));
    }
}

awaitable<void> Letter::attach(cli::Context& context, std::string path) {
    auto name = std::filesystem::path(path).filename().string();
    check_text("--attach", name);
    const auto file = co_await MailFile::open(context, std::move(path));
    proto::MailAttachment attachment;
    attachment.media_type = proto::media_type_of(name);
    attachment.name = as_utf8(std::move(name));
    attachment.size = file->size();
    attachment.read = [file](std::uint64_t offset, std::size_t count) {
        return file->read(offset, count);
    };
    draft_.attachments.push_back(std::move(attachment));
}

awaitable<void> Letter::compose(cli::Context& context) {
    address();
    check_text("--subject", subject_);
    draft_.subject = as_utf8(subject_);
    for (const auto& line : headers_) add_header(line);
    unique_ = random_hex(2);
    if (!raw_file_.empty()) {
        const bool more = body_ || !body_file_.empty() || !html_file_.empty() ||
                          !attachments_.empty() || !headers_.empty() || !subject_.empty();
        if (more) throw cli::UsageError("--raw is a whole message: nothing else goes into it");
        raw_ = co_await MailFile::open(context, raw_file_);
        check_raw(context);
        co_return;
    }
    co_await read_texts(context);
    for (const auto& path : attachments_) co_await attach(context, path);
    draft_.date = present_second();
    draft_.utc_offset = utc_offset_of(draft_.date);
    draft_.boundary = "=_" + unique_ + random_hex(2);
}

std::string Letter::message_id(std::uint64_t number) const {
    return !raw_ && own_id_.empty() ? fmt::format("<{}.{}@{}>", unique_, number, host_) : own_id_;
}

smtp::OutgoingMail Letter::mail(const std::vector<proto::MailPath>& to,
                                const std::string& message_id,
                                const proto::SmtpCapabilities& server) const {
    smtp::OutgoingMail mail;
    if (raw_) {
        mail = raw_mail();
    } else {
        auto draft = std::make_shared<proto::MailDraft>(draft_);
        draft->message_id = message_id;
        proto::MailTransport transport;
        transport.eight_bit = server.eight_bit;
        auto source = std::make_shared<proto::MailSource>(*draft, transport);
        mail.order.size = source->size();
        mail.order.eight_bit = source->is_eight_bit();
        mail.content = [draft, source] { return source->next(); };
    }
    mail.order.from = from_path_;
    mail.order.to = to;
    mail.order.utf8 =
        from_path_.has_utf8() ||
        std::ranges::any_of(recipients_, [](const auto& path) { return path.has_utf8(); });
    return mail;
}

}  // namespace nettool::commands
