#pragma once
// fetch into a directory of the test's own.

#include "support/http_site.hpp"
#include "support/serve_http.hpp"

namespace nettool::test {

class FetchInto : public testing::Test {
protected:
    static Outcome fetch(std::vector<std::string> arguments,
                         cli::Output::Format format = cli::Output::Format::human) {
        return run_to_end("fetch", std::move(arguments), {}, format);
    }

    std::string file(const std::string& name = "x") const { return directory_.file(name); }

    std::string names() const { return names_in(directory_.path()); }

    TemporaryDirectory directory_;
};

}  // namespace nettool::test
