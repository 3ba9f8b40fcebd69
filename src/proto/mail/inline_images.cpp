#include "nettool/proto/mail/inline_images.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/image_type.hpp"
#include "nettool/proto/web/media_type.hpp"
#include "nettool/proto/web/percent.hpp"

#include <map>

namespace nettool::proto {
namespace {

constexpr std::string_view scheme = "cid:";

std::string_view without_brackets(std::string_view id) {
    if (id.starts_with('<')) id.remove_prefix(1);
    if (id.ends_with('>')) id.remove_suffix(1);
    return id;
}

std::map<std::string, const MailPart*, std::less<>> images_of(const MailMessage& message) {
    std::map<std::string, const MailPart*, std::less<>> images;
    for (const auto* part : message.leaves())
        if (const auto id = part->find("content-id"); id && image_type_named(part->type.essence))
            images.emplace(without_brackets(*id), part);
    return images;
}

// Behind the scheme, up to what ends an attribute or a url().
std::string_view id_at(std::string_view text) {
    constexpr std::size_t longest = 1000;
    text = text.substr(0, longest);
    const auto end = text.find_first_of("\"'<>() \t\r\n");
    return end == text.npos ? std::string_view() : text.substr(0, end);
}

bool begins_url(std::string_view html, std::size_t at) {
    constexpr std::string_view before = "\"'(=";
    return at > 0 && before.find(html[at - 1]) != before.npos &&
           equal_ignoring_case(html.substr(at, scheme.size()), scheme);
}

std::string data_url(const MailPart& part) {
    return "data:" + part.type.essence + ";base64," + base64(part.decoded());
}

}  // namespace

std::string with_inline_images(const MailMessage& message, const std::string& html,
                               std::size_t most) {
    const auto images = images_of(message);
    if (images.empty()) return html;
    std::string text;
    const std::string_view all = html;
    std::size_t done = 0;
    for (auto at = all.find(':'); at != all.npos; at = all.find(':', at + 1)) {
        const auto begin = at + 1 - std::min(at + 1, scheme.size());
        if (begin < done || !begins_url(all, begin)) continue;
        const auto id = id_at(all.substr(at + 1));
        const auto image = images.find(percent_decoded_leniently(id));
        if (image == images.end() || image->second->body.size() > most) continue;
        const auto url = data_url(*image->second);
        if (url.size() > most) continue;
        most -= url.size();
        text.append(all.substr(done, begin - done)).append(url);
        done = at + 1 + id.size();
    }
    return text.append(all.substr(done));
}

}  // namespace nettool::proto
