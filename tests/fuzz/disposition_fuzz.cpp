// A Content-Disposition field.
#include "nettool/base/text.hpp"
#include "nettool/proto/web/content_disposition.hpp"
#include "nettool/proto/web/file_name.hpp"

#include <cstdint>

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nettool::proto;
    const auto name =
        disposition_file_name(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!name) return 0;
    require(!name->empty());
    const auto safe = safe_file_name(*name);
    require(!safe.empty() && safe.size() <= 200 && !safe.starts_with('.'));
    require(safe.find('/') == std::string::npos && nettool::escaped(safe) == safe);
    return 0;
}
