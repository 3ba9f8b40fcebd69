#pragma once
// What the pages that show a server at work say with every answer: that it is for them alone and
// for now.

#include "nettool/http/reply_fields.hpp"

#include <string_view>

namespace nettool::http {

/// For heads and refusals; the methods are GET, HEAD and DELETE.
const ReplyFields& page_replies();

/// The head of an answer that is no refusal, of this media type if it has one.
HeadWriter page_success(unsigned status, std::string_view type = {});

}  // namespace nettool::http
