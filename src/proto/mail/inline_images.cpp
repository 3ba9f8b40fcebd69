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
constexpr std::size_t longest_id = 1000;

std::string_view without_brackets(std::string_view id) {
    if (id.starts_with('<')) id.remove_prefix(1);
    if (id.ends_with('>')) id.remove_suffix(1);
    return id;
}

std::string data_url(const MailPart& part) {
    return "data:" + part.type.essence + ";base64," + base64(part.decoded());
}

// Each is encoded no more than once, however often it is asked for.
class Images {
public:
    explicit Images(const MailMessage& message, std::size_t most) : most_(most) {
        for (const auto* part : message.leaves())
            if (const auto id = part->find("content-id");
                id && image_type_named(part->type.essence))
                images_.emplace(without_brackets(*id), Image{part, {}});
    }

    bool is_empty() const noexcept { return images_.empty(); }

    /// Its `data:` URL, which holds as long as this; empty where there is none, or no room for it.
    std::string_view take_url(const std::string& id) {
        const auto place = images_.find(id);
        if (place == images_.end()) return {};
        auto& [part, url] = place->second;
        if (url.empty() && part->body.size() <= most_) url = data_url(*part);
        if (url.empty() || url.size() > most_) {
            images_.erase(place);  // the room only shrinks
            return {};
        }
        most_ -= url.size();
        return url;
    }

private:
    struct Image {
        const MailPart* part;
        std::string url;
    };

    std::size_t most_;
    std::map<std::string, Image, std::less<>> images_;
};

// Behind the scheme, up to what ends an attribute or a url(); of what does not end, a beginning.
std::string_view id_at(std::string_view text) {
    text = text.substr(0, longest_id);
    return text.substr(0, text.find_first_of("\"'<>() \t\r\n"));
}

bool begins_url(std::string_view html, std::size_t at) {
    constexpr std::string_view before = "\"'(=";
    return at > 0 && before.find(html[at - 1]) != before.npos &&
           equal_ignoring_case(html.substr(at, scheme.size()), scheme);
}

}  // namespace

std::string with_inline_images(const MailMessage& message, const std::string& html,
                               std::size_t most) {
    Images images(message, most);
    if (images.is_empty()) return html;
    std::string text;
    const std::string_view all = html;
    std::size_t done = 0;
    std::size_t next = 0;  // what an id is made of is looked at once
    for (auto at = all.find(':'); at != all.npos; at = all.find(':', next)) {
        next = at + 1;
        const auto begin = next - std::min(next, scheme.size());
        if (begin < done || !begins_url(all, begin)) continue;
        const auto id = id_at(all.substr(next));
        next += id.size();
        if (id.size() == longest_id || next == all.size()) continue;
        const auto url = images.take_url(percent_decoded_leniently(id));
        if (url.empty()) continue;
        text.append(all.substr(done, begin - done)).append(url);
        done = next;
    }
    return text.append(all.substr(done));
}

}  // namespace nettool::proto
