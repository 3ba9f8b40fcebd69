#include "nettool/http/page_replies.hpp"

namespace nettool::http {
namespace {

ReplyFields fields_of_all() {
    ReplyFields reply;
    reply.methods = "GET, HEAD, DELETE";
    reply.fields = {{"Cache-Control", "no-store"},
                    {"Referrer-Policy", "no-referrer"},
                    {"Cross-Origin-Resource-Policy", "same-origin"}};
    return reply;
}

}  // namespace

const ReplyFields& page_replies() {
    static const auto fields = fields_of_all();
    return fields;
}

HeadWriter page_success(unsigned status, std::string_view type) {
    auto head = page_replies().head(status);
    head.field("X-Content-Type-Options", "nosniff");
    if (!type.empty()) head.field("Content-Type", type);
    return head;
}

}  // namespace nettool::http
