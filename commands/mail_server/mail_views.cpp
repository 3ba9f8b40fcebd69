#include "mail_views.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/cli/values.hpp"
#include "nettool/proto/mail/header_text.hpp"
#include "nettool/proto/mail/inline_images.hpp"
#include "nettool/proto/mail/quiet_html.hpp"
#include "nettool/proto/web/file_name.hpp"
#include "nettool/proto/web/media_type.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/stat.h>

namespace nettool::commands {
namespace {

constexpr std::size_t most_images = 16UL * 1024 * 1024;

// Nothing is loaded, so neither a picture elsewhere nor a style sheet tells that it was read; but
// connections that are made ahead are none of its business, see quiet_html().
constexpr std::string_view html_policy =
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

ApiReply missing(std::string why) {
    ApiReply reply;
    reply.status = 404;
    reply.body = std::move(why);
    return reply;
}

// What no browser runs, wherever it is put.
std::string harmless(const std::string& type) {
    constexpr std::array<std::string_view, 7> known = {
        "text/plain", "text/csv",        "text/calendar",   "text/vcard",
        "image/heic", "application/pdf", "application/zip",
    };
    constexpr std::array<std::string_view, 3> kinds = {"image/", "audio/", "video/"};
    const bool is_kind = std::ranges::any_of(
        kinds, [&type](std::string_view kind) { return type.starts_with(kind); });
    if ((is_kind && !proto::is_active(type)) || std::ranges::find(known, type) != known.end())
        return type;
    return "application/octet-stream";
}

std::string attachment(const std::string& name) {
    return "attachment" + proto::parameter("filename", name);
}

std::string name_of(const proto::MailPart& part, std::uint64_t number) {
    auto name = proto::safe_file_name(part.file_name);
    return name.empty() ? "part-" + std::to_string(number) : name;
}

}  // namespace

ApiReply source_of(const MailIndex& index, const MailIndex::Place& place, bool download) {
    const auto path = index.mailbox().directory() + "/" + place.mail.path;
    UniqueDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0)
        throw Failure(Fault::local, "read the message", last_error());
    if (!S_ISREG(status.st_mode)) return missing("there is no such message");
    ApiReply reply;
    reply.file = std::move(file);
    reply.file_size = static_cast<std::uint64_t>(status.st_size);
    reply.fields.emplace_back("Content-Type",
                              download ? "message/rfc822" : "text/plain; charset=utf-8");
    reply.fields.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
    if (download)
        reply.fields.emplace_back("Content-Disposition",
                                  attachment(proto::safe_file_name(place.mail.id + ".eml")));
    return reply;
}

ApiReply html_of(const MailIndex& index, const MailIndex::Place& place) {
    const OpenedMail mail(index.mailbox(), place.mail, place.number, OpenedMail::in_full);
    const auto* html = mail.message().first("text/html");
    if (!html) return missing("this message has no HTML");
    ApiReply reply;
    reply.fields.emplace_back("Content-Type", "text/html; charset=utf-8");
    reply.fields.emplace_back("Content-Security-Policy", html_policy);
    reply.fields.emplace_back("X-DNS-Prefetch-Control", "off");
    const auto text = proto::quiet_html(html->text());
    reply.body = proto::with_inline_images(mail.message(), text, most_images);
    return reply;
}

ApiReply part_of(const MailIndex& index, const MailIndex::Place& place, std::string_view number) {
    const OpenedMail mail(index.mailbox(), place.mail, place.number, OpenedMail::in_full);
    const auto parts = mail.message().leaves();
    std::uint64_t wanted = 0;
    if (!cli::parse_value(number, wanted) || wanted == 0 || wanted > parts.size())
        return missing("there is no such part");
    const auto& part = *parts[wanted - 1];
    ApiReply reply;
    reply.fields.emplace_back("Content-Type", harmless(part.type.essence));
    reply.fields.emplace_back("Content-Disposition", attachment(name_of(part, wanted)));
    reply.fields.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
    reply.body = part.decoded();
    return reply;
}

}  // namespace nettool::commands
