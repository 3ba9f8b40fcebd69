#include "nettool/cli/workers.hpp"

namespace nettool::cli {

void Workers::use(unsigned count) {
    const std::lock_guard lock(mutex_);
    while (more_.size() + 1 < count) more_.emplace_back([this] { io_.run(); });
}

void Workers::run() {
    io_.run();
    std::vector<std::jthread> ending;
    const std::lock_guard lock(mutex_);
    ending.swap(more_);
}

}  // namespace nettool::cli
