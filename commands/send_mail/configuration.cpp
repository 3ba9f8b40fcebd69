#include "configuration.hpp"

#include "nettool/base/file.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/mail/mail_lines.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace nettool::commands {

Configuration read_configuration(const std::string& path) {
    constexpr std::size_t most = 1024UL * 1024;
    const auto text = read_whole_file(path, most);
    Configuration configuration;
    struct stat status {};
    configuration.others_can_read =
        ::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    unsigned number = 0;
    for (std::string_view left(text); !left.empty();) {
        const auto line = trimmed(proto::take_line(left));
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        const auto equals = line.find('=');
        auto origin = fmt::format("{}:{}: ", escaped(path), number);
        if (equals == line.npos || equals == 0)
            throw cli::UsageError(origin + "NAME = VALUE is missing");
        configuration.settings.push_back({std::string(trimmed(line.substr(0, equals))),
                                          std::string(trimmed(line.substr(equals + 1))),
                                          std::move(origin)});
    }
    return configuration;
}

}  // namespace nettool::commands
