#include "request_log.hpp"

#include "nettool/base/failure.hpp"
#include "request_line.hpp"

namespace nettool::commands {

RequestLog::RequestLog(cli::Context& context, Format format, const std::string& file)
    : context_(context), format_(format) {
    if (!file.empty()) file_ = std::make_unique<AppendFile>(file);
}

void RequestLog::ended(const proxy::Transaction& transaction) {
    if (format_ == Format::none) return;
    const auto request = proxied_request(transaction);
    const bool is_json = context_.out.format() == cli::Output::Format::json;
    if (!file_ || is_json) context_.out.emit(request);
    if (file_) append(whole_line(request) + "\n");
}

// The client is served even when the disk is full; the status says so in the end.
void RequestLog::append(const std::string& line) try {
    file_->append(line);
} catch (const Failure& failure) {
    if (whole_.exchange(false)) context_.log.error(failure.what());
}

}  // namespace nettool::commands
