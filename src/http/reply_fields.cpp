#include "nettool/http/reply_fields.hpp"

#include "nettool/http/credentials.hpp"

#include <cerrno>

namespace nettool::http {

HeadWriter ReplyFields::head(unsigned status) const {
    HeadWriter writer(status);
    if (cors)
        writer.field("Access-Control-Allow-Origin", "*")
            .field("Access-Control-Expose-Headers", "*");
    for (const auto& [name, value] : fields) writer.field(name, value);
    return writer;
}

awaitable<result<void>> ReplyFields::refuse(Exchange& exchange, unsigned status,
                                            std::string_view why) const {
    constexpr unsigned unauthorized = 401, not_allowed = 405;
    auto writer = head(status);
    if (status == not_allowed) writer.field("Allow", methods);
    if (status == unauthorized) writer.field("WWW-Authenticate", Credentials::challenge);
    co_return co_await exchange.refuse(std::move(writer), why);
}

Refusal refusal_of(error_code ec) {
    switch (ec.value()) {
        case ENOENT: return {404, "there is nothing here"};
        case EACCES:
        case EPERM:
        case EROFS: return {403, "the server may not do this here"};
        case ENOSPC:
        case EDQUOT:
        case EFBIG: return {507, "there is no room for this on the server"};
        case ENAMETOOLONG: return {400, "the name is too long"};
        case EEXIST: return {409, "there is something of this name already"};
        case EISDIR: return {409, "there is a directory of this name"};
        case EMFILE:
        case ENFILE: return {503, "the server has too many files open"};
        default: return {500, "the server cannot do this"};
    }
}

}  // namespace nettool::http
