#include "nettool/cli/record.hpp"

#include "nettool/base/file.hpp"

#include <memory>

namespace nettool::cli {

std::function<void(std::string_view)> record_to(const std::string& path, Sink& results) {
    if (path == "-") return [&results](std::string_view bytes) { results.write(bytes); };
    auto file = std::make_shared<PrivateFile>(path);
    return [file](std::string_view bytes) { file->write(bytes); };
}

}  // namespace nettool::cli
