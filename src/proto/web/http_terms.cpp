#include "nettool/proto/web/http_terms.hpp"

#include "nettool/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace nettool::proto {
namespace {

struct Word {
    std::string_view word;
    HttpTerm term;
};

constexpr std::array methods = {
    Word{"GET", {"asks for the thing itself; asking changes nothing", "RFC 9110 §9.3.1"}},
    Word{"HEAD", {"asks for what GET would say, without the body", "RFC 9110 §9.3.2"}},
    Word{"POST",
         {"hands the body to the resource, which decides what to do with it", "RFC 9110 §9.3.3"}},
    Word{"PUT", {"makes the body the new content; twice is the same as once", "RFC 9110 §9.3.4"}},
    Word{"DELETE", {"removes what the target names", "RFC 9110 §9.3.5"}},
    Word{"CONNECT", {"asks a proxy to connect and to pass bytes on unseen", "RFC 9110 §9.3.6"}},
    Word{"OPTIONS", {"asks what may be asked", "RFC 9110 §9.3.7"}},
    Word{"TRACE", {"asks for the request as it arrived", "RFC 9110 §9.3.8"}},
    Word{"PATCH", {"changes a part of the content", "RFC 5789 §2"}},
};

struct Status {
    unsigned status;
    HttpTerm term;
};

constexpr std::array statuses = {
    Status{100, {"go on and send the body", "RFC 9110 §15.2.1"}},
    Status{101, {"from now on another protocol is spoken", "RFC 9110 §15.2.2"}},
    Status{103, {"a hint of what the final answer will say", "RFC 8297 §2"}},
    Status{200, {"it worked, and the answer follows", "RFC 9110 §15.3.1"}},
    Status{201, {"something new has been made", "RFC 9110 §15.3.2"}},
    Status{202, {"accepted, but not done yet", "RFC 9110 §15.3.3"}},
    Status{203, {"it worked, but somebody on the way has changed the answer", "RFC 9110 §15.3.4"}},
    Status{204, {"it worked, and there is nothing to say", "RFC 9110 §15.3.5"}},
    Status{205, {"it worked; clear the form", "RFC 9110 §15.3.6"}},
    Status{206, {"the part that was asked for follows", "RFC 9110 §15.3.7"}},
    Status{300, {"there are several; choose", "RFC 9110 §15.4.1"}},
    Status{301, {"it has moved for good: use the new URL from now on", "RFC 9110 §15.4.2"}},
    Status{302, {"it is elsewhere for now", "RFC 9110 §15.4.3"}},
    Status{303, {"look there with GET for the outcome", "RFC 9110 §15.4.4"}},
    Status{304, {"what you have is still good; no body follows", "RFC 9110 §15.4.5"}},
    Status{307, {"it is elsewhere for now: ask there in the same way", "RFC 9110 §15.4.8"}},
    Status{308, {"it has moved for good: ask there in the same way", "RFC 9110 §15.4.9"}},
    Status{400, {"the server does not understand the request", "RFC 9110 §15.5.1"}},
    Status{401, {"say who you are first", "RFC 9110 §15.5.2"}},
    Status{403, {"the server understands, and will not", "RFC 9110 §15.5.4"}},
    Status{404, {"there is no such thing here, or it is not said", "RFC 9110 §15.5.5"}},
    Status{405, {"not with this method", "RFC 9110 §15.5.6"}},
    Status{406, {"not in a form that you accept", "RFC 9110 §15.5.7"}},
    Status{407, {"say to the proxy who you are first", "RFC 9110 §15.5.8"}},
    Status{408, {"the request took too long to arrive", "RFC 9110 §15.5.9"}},
    Status{409, {"it does not fit what is there now", "RFC 9110 §15.5.10"}},
    Status{410, {"it was here and is gone for good", "RFC 9110 §15.5.11"}},
    Status{411, {"say how long the body is", "RFC 9110 §15.5.12"}},
    Status{412, {"the condition of the request does not hold", "RFC 9110 §15.5.13"}},
    Status{413, {"the body is longer than the server takes", "RFC 9110 §15.5.14"}},
    Status{414, {"the URL is longer than the server takes", "RFC 9110 §15.5.15"}},
    Status{415, {"not in a form that the server takes", "RFC 9110 §15.5.16"}},
    Status{416, {"there is no such part", "RFC 9110 §15.5.17"}},
    Status{417, {"what Expect asks for cannot be met", "RFC 9110 §15.5.18"}},
    Status{421, {"this server does not answer for that host", "RFC 9110 §15.5.20"}},
    Status{422, {"understood, but it makes no sense", "RFC 9110 §15.5.21"}},
    Status{425, {"it might be a replay; ask again", "RFC 8470 §5.2"}},
    Status{426, {"speak a newer protocol", "RFC 9110 §15.5.22"}},
    Status{428, {"say under which condition", "RFC 6585 §3"}},
    Status{429, {"too many requests; wait", "RFC 6585 §4"}},
    Status{431, {"the fields are longer than the server takes", "RFC 6585 §5"}},
    Status{451, {"the law forbids it", "RFC 7725 §3"}},
    Status{500, {"something broke in the server", "RFC 9110 §15.6.1"}},
    Status{501, {"the server cannot do this", "RFC 9110 §15.6.2"}},
    Status{502, {"the server behind this one gave no good answer", "RFC 9110 §15.6.3"}},
    Status{503, {"not now: overloaded or in repair", "RFC 9110 §15.6.4"}},
    Status{504, {"the server behind this one did not answer in time", "RFC 9110 §15.6.5"}},
    Status{505, {"not in this version of HTTP", "RFC 9110 §15.6.6"}},
    Status{507, {"there is no room to keep it", "RFC 4918 §11.5"}},
    Status{511, {"log in to the network first", "RFC 6585 §6"}},
};

constexpr std::array classes = {
    Status{1, {"an interim answer; the final one follows", "RFC 9110 §15.2"}},
    Status{2, {"it worked", "RFC 9110 §15.3"}},
    Status{3, {"there is more to do for it", "RFC 9110 §15.4"}},
    Status{4, {"the client is at fault, the server says", "RFC 9110 §15.5"}},
    Status{5, {"the server is at fault", "RFC 9110 §15.6"}},
};

constexpr std::array fields = {
    Word{"accept", {"which kinds of content are welcome", "RFC 9110 §12.5.1"}},
    Word{"accept-encoding", {"which compressions are understood", "RFC 9110 §12.5.3"}},
    Word{"accept-language", {"which languages are welcome", "RFC 9110 §12.5.4"}},
    Word{"accept-ranges", {"whether parts can be asked for", "RFC 9110 §14.3"}},
    Word{"access-control-allow-origin",
         {"whose scripts may read this in a browser", "WHATWG Fetch §3.3.3"}},
    Word{"age", {"for how many seconds a cache has had it", "RFC 9111 §5.1"}},
    Word{"allow", {"which methods would be answered", "RFC 9110 §10.2.1"}},
    Word{"alt-svc", {"where the same can be had over another protocol", "RFC 7838 §3"}},
    Word{"authorization", {"who is asking, and the proof of it", "RFC 9110 §11.6.2"}},
    Word{"cache-control", {"who may keep it, and for how long", "RFC 9111 §5.2"}},
    Word{"connection", {"what becomes of this connection", "RFC 9110 §7.6.1"}},
    Word{"content-disposition",
         {"whether to show or to save it, and under which name", "RFC 6266 §4"}},
    Word{"content-encoding", {"how the body is compressed", "RFC 9110 §8.4"}},
    Word{"content-language", {"for speakers of which language it is", "RFC 9110 §8.5"}},
    Word{"content-length", {"how many bytes the body has", "RFC 9110 §8.6"}},
    Word{"content-location", {"under which URL exactly this content is", "RFC 9110 §8.7"}},
    Word{"content-range", {"which part of the whole the body is", "RFC 9110 §14.4"}},
    Word{"content-security-policy", {"what a page may load and run", "W3C CSP3 §3.1"}},
    Word{"content-type", {"what the body is", "RFC 9110 §8.3"}},
    Word{"cookie", {"what this server told us to remember", "RFC 6265 §4.2"}},
    Word{"date", {"when the answer was made", "RFC 9110 §6.6.1"}},
    Word{"etag", {"the name of this very version of the content", "RFC 9110 §8.8.3"}},
    Word{"expect", {"what must hold before the body is sent", "RFC 9110 §10.1.1"}},
    Word{"expires", {"until when it is fresh", "RFC 9111 §5.3"}},
    Word{"host", {"which of the sites at this address is meant", "RFC 9110 §7.2"}},
    Word{"if-match", {"only if it is still this version", "RFC 9110 §13.1.1"}},
    Word{"if-modified-since", {"only if it has changed since", "RFC 9110 §13.1.3"}},
    Word{"if-none-match", {"only if it is another version", "RFC 9110 §13.1.2"}},
    Word{"if-range", {"the part if it is still this version, else all of it", "RFC 9110 §13.1.5"}},
    Word{"if-unmodified-since", {"only if it has not changed since", "RFC 9110 §13.1.4"}},
    Word{"keep-alive", {"for how long the connection stays", "RFC 9112 §C.2.2"}},
    Word{"last-modified", {"when the content last changed", "RFC 9110 §8.8.2"}},
    Word{"link", {"how other things belong to this one", "RFC 8288 §3"}},
    Word{"location", {"where to look next", "RFC 9110 §10.2.2"}},
    Word{"origin", {"the site whose page asks", "RFC 6454 §7"}},
    Word{"proxy-authenticate", {"how to prove to the proxy who is asking", "RFC 9110 §11.7.1"}},
    Word{"proxy-authorization", {"the proof of it for the proxy", "RFC 9110 §11.7.2"}},
    Word{"range", {"which part is asked for", "RFC 9110 §14.2"}},
    Word{"referer", {"the page that led here", "RFC 9110 §10.1.3"}},
    Word{"referrer-policy", {"how much of that may be told to others", "W3C Referrer Policy §8.1"}},
    Word{"repr-digest", {"the digest of the content, to check it by", "RFC 9530 §3"}},
    Word{"content-digest", {"the digest of this body, to check it by", "RFC 9530 §2"}},
    Word{"retry-after", {"when to ask again", "RFC 9110 §10.2.3"}},
    Word{"server", {"the program that answers", "RFC 9110 §10.2.4"}},
    Word{"set-cookie", {"what to remember and to say the next time", "RFC 6265 §4.1"}},
    Word{"strict-transport-security", {"from now on only over TLS", "RFC 6797 §6.1"}},
    Word{"te", {"which transfer codings and trailers are understood", "RFC 9110 §10.1.4"}},
    Word{"trailer", {"which fields follow the body", "RFC 9110 §6.6.2"}},
    Word{"transfer-encoding", {"how the body is framed on this connection", "RFC 9112 §6.1"}},
    Word{"upgrade", {"which other protocol could be spoken", "RFC 9110 §7.8"}},
    Word{"user-agent", {"the program that asks", "RFC 9110 §10.1.5"}},
    Word{"vary", {"on which fields of the request the answer depends", "RFC 9110 §12.5.5"}},
    Word{"via", {"through which proxies it came", "RFC 9110 §7.6.3"}},
    Word{"warning", {"that something may be wrong with it", "RFC 9111 §5.5"}},
    Word{"www-authenticate", {"how to prove who is asking", "RFC 9110 §11.6.1"}},
    Word{"x-content-type-options", {"that the type is to be believed", "WHATWG Fetch §3.6"}},
    Word{"x-frame-options", {"whether other pages may frame this one", "RFC 7034 §2"}},
    Word{"x-forwarded-for", {"for whom a proxy asks", "RFC 7239 §5.2"}},
};

template <std::size_t N>
std::optional<HttpTerm> term_of(const std::array<Status, N>& in, unsigned status) {
    const auto* const found = std::ranges::find(in, status, &Status::status);
    if (found == in.end()) return std::nullopt;
    return found->term;
}

}  // namespace

std::optional<HttpTerm> method_term(std::string_view method) {
    const auto* const found = std::ranges::find(methods, method, &Word::word);
    if (found == methods.end()) return std::nullopt;
    return found->term;
}

std::optional<HttpTerm> status_term(unsigned status) {
    constexpr unsigned class_size = 100;
    const auto known = term_of(statuses, status);
    return known ? known : term_of(classes, status / class_size);
}

std::optional<HttpTerm> field_term(std::string_view name) {
    const auto* const found = std::ranges::find_if(
        fields, [name](const Word& field) { return equal_ignoring_case(field.word, name); });
    if (found == fields.end()) return std::nullopt;
    return found->term;
}

}  // namespace nettool::proto
