#pragma once
// Answers requests with the files and directories below a root (RFC 9110 §9, §13, §14).

#include "nettool/http/exchange.hpp"
#include "nettool/http/file_root.hpp"
#include "nettool/proto/web/target_path.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nettool::http {

class FileService {
public:
    struct Options {
        FileRoot::Options root;
        std::vector<std::string> index = {"index.html"};
        std::size_t max_entries = 100'000;  // of a listing
        bool cors = false;
        bool digest = false;  // Repr-Digest with every file (RFC 9530); it is read twice then
        std::vector<std::pair<std::string, std::string>> fields;  // into every response
    };

    static constexpr std::string_view methods = "GET, HEAD, OPTIONS";

    /// Throws Failure (local) when `root` is no directory that can be opened.
    FileService(const std::string& root, Options options);

    /// From many strands at once.
    awaitable<result<void>> answer(Exchange& exchange) const;

private:
    HeadWriter head(unsigned status) const;
    awaitable<result<void>> refuse(Exchange& exchange, unsigned status, std::string_view why) const;
    awaitable<result<void>> answer_options(Exchange& exchange) const;
    awaitable<result<void>> answer_path(Exchange& exchange, const proto::TargetPath& path) const;
    awaitable<result<void>> answer_directory(Exchange& exchange, const proto::TargetPath& path,
                                             const OpenedFile& directory) const;
    template <class Listing>
    awaitable<result<void>> list(Exchange& exchange, const proto::TargetPath& path,
                                 const OpenedFile& directory, Listing page,
                                 HeadWriter writer) const;
    awaitable<result<void>> answer_file(Exchange& exchange, std::string_view name,
                                        const OpenedFile& file) const;

    std::shared_ptr<const FileRoot> root_;  // also of a listing that is under way
    Options options_;
};

}  // namespace nettool::http
