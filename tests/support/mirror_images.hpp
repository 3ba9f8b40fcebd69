#pragma once
// mirror-images of a page into a directory of the test's own.

#include "support/http_site.hpp"
#include "support/serve_http.hpp"

namespace nettool::test {

inline const std::string png = "\x89PNG\r\n\x1a\n";
inline const std::string html = "Content-Type: text/html\r\n";
inline const std::string modified = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

class MirrorImages : public testing::Test {
protected:
    Outcome mirror(const HttpSite& site, std::vector<std::string> options = {},
                   cli::Output::Format format = cli::Output::Format::human) {
        std::vector<std::string> arguments = {site.url(), "-d", pictures()};
        arguments.insert(arguments.end(), options.begin(), options.end());
        return run_to_end("mirror-images", std::move(arguments), {}, format);
    }

    std::string pictures() const { return directory_.file("pictures"); }
    std::string picture(const std::string& name) const {
        return contents(directory_.file("pictures/" + name));
    }
    std::string names() const { return names_in(pictures()); }

    TemporaryDirectory directory_;
};

}  // namespace nettool::test
