#include "nettool/http/ready_response.hpp"

#include "nettool/proto/web/http_date.hpp"

namespace nettool::http {

ReadyResponse::ReadyResponse(unsigned status, std::string_view fields, std::string_view body,
                             WallTime time)
    : status_(status), text_(fields) {
    text_.append("Date: ").append(date_of(time)).append("\r\n");
    text_.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    body_begin_ = text_.size();
    text_ += body;
}

std::string_view date_of(WallTime time) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    thread_local std::chrono::sys_seconds cached_second;
    thread_local std::string cached;
    if (cached.empty() || cached_second != second) {
        cached = proto::http_date(second);
        cached_second = second;
    }
    return cached;
}

}  // namespace nettool::http
