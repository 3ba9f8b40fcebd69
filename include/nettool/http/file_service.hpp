#pragma once
// Answers requests with the files and directories below a root, for those who may (RFC 9110 §9).

#include "nettool/http/credentials.hpp"
#include "nettool/http/exchange.hpp"
#include "nettool/http/file_root.hpp"
#include "nettool/http/reply_fields.hpp"
#include "nettool/proto/web/target_path.hpp"

#include <memory>
#include <string>
#include <vector>

namespace nettool::http {

class FileService {
public:
    struct Options {
        FileRoot::Options root;
        ReplyFields reply;
        std::vector<std::string> index = {"index.html"};
        std::size_t max_entries = 100'000;  // of a listing, and of an archive
        bool digest = false;                // Repr-Digest with every file (RFC 9530)
        bool compress = false;              // what does not stand there compressed already
        bool archives = false;              // directories as tar and zip
        bool uploads = false;
        bool force = false;                          // an upload may replace what is there
        std::uint64_t max_upload = 1UL << 30;        // bytes of a file, and of a form
        std::shared_ptr<const Credentials> readers;  // none: everybody
        std::shared_ptr<const Credentials> writers;  // of uploads; none: who may read
    };

    /// Throws Failure (local) when `root` is no directory that can be opened, or something is
    /// missing for an option.
    FileService(const std::string& root, Options options);
    FileService(const FileService&) = delete;
    FileService& operator=(const FileService&) = delete;
    ~FileService();

    /// From many strands at once.
    awaitable<result<void>> answer(Exchange& exchange) const;
    /// What was made for such a request a moment ago and is still true; nothing, if there is none.
    std::shared_ptr<const ReadyResponse> ready(const Exchange& exchange) const;

private:
    struct Parts;

    static awaitable<bool> admit(Exchange& exchange, const Credentials& credentials);
    awaitable<bool> may_read(Exchange& exchange) const;
    awaitable<bool> may_write(Exchange& exchange) const;
    awaitable<result<void>> answer_options(Exchange& exchange) const;
    awaitable<result<void>> answer_get(Exchange& exchange) const;
    awaitable<result<void>> answer_path(Exchange& exchange, std::string_view key) const;
    awaitable<result<void>> answer_directory(Exchange& exchange, const proto::TargetPath& path,
                                             const OpenedFile& directory,
                                             std::string_view key) const;
    awaitable<result<void>> answer_upload(Exchange& exchange) const;

    Options options_;
    std::unique_ptr<Parts> parts_;
};

}  // namespace nettool::http
