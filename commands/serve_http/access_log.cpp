#include "access_log.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/text.hpp"

#include <fmt/format.h>

namespace nettool::commands {
namespace {

std::string in_quotes(const std::string& text) {
    return text.empty() ? "\"-\"" : quoted(text, text.size());
}

Served served_of(const http::Exchange& exchange) {
    const auto& request = exchange.request();
    Served served;
    served.time = rfc3339(exchange.received());
    served.peer = exchange.flow().peer;
    served.user = exchange.user();
    served.method = request.method;
    served.target = request.target;
    served.status = exchange.status();
    served.size_bytes = exchange.body_bytes();
    served.time_ms = std::chrono::duration<double, std::milli>(exchange.elapsed()).count();
    served.referer = request.fields.find("referer").value_or("");
    served.user_agent = request.fields.find("user-agent").value_or("");
    return served;
}

}  // namespace

std::string print(const Served& served) { return served.line; }

AccessLog::AccessLog(cli::Context& context, LogFormat format, const std::string& file)
    : context_(context), format_(format) {
    if (!file.empty()) file_ = std::make_unique<AppendFile>(file);
}

void AccessLog::note(const http::Exchange& exchange) {
    if (format_ == LogFormat::none) return;
    auto served = served_of(exchange);
    served.line = line_of(served, exchange.received());
    if (!file_) return context_.out.emit(served);
    append(served.line + "\n");
}

std::string AccessLog::line_of(const Served& served, WallTime received) const {
    const auto& peer = served.peer;
    const auto asked = served.method.empty()
                           ? std::string("-")
                           : fmt::format("{} {} HTTP/1.1", served.method, served.target);
    // A blank would begin the next column.
    auto user = served.user.empty() ? "-" : escaped(served.user);
    for (char& c : user)
        if (c == ' ') c = '_';
    auto line = fmt::format("{} - {} [{}] {} {} {}", peer.is_unix ? "unix:" : peer.host, user,
                            log_time(received), in_quotes(asked), served.status, served.size_bytes);
    if (format_ == LogFormat::combined)
        line += fmt::format(" {} {}", in_quotes(served.referer), in_quotes(served.user_agent));
    return line;
}

// The client is served even when the disk is full; the status says so in the end.
void AccessLog::append(const std::string& line) try {
    file_->append(line);
} catch (const Failure& failure) {
    if (whole_.exchange(false)) context_.log.error(failure.what());
}

}  // namespace nettool::commands
