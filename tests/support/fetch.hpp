#pragma once
// fetch into a directory of the test's own.

#include "support/http_site.hpp"
#include "support/serve_http.hpp"

#include <algorithm>

namespace nettool::test {

class FetchInto : public testing::Test {
protected:
    static Outcome fetch(std::vector<std::string> arguments,
                         cli::Output::Format format = cli::Output::Format::human) {
        return run_to_end("fetch", std::move(arguments), {}, format);
    }

    std::string file(const std::string& name = "x") const { return directory_.file(name); }

    // All names, hidden ones too, in order.
    std::string names() const {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
            all.push_back(entry.path().filename().string());
        std::ranges::sort(all);
        std::string text;
        for (const auto& name : all) text += name + " ";
        return text;
    }

    TemporaryDirectory directory_;
};

}  // namespace nettool::test
