#pragma once
// Answers a request with one file: conditions, ranges, and the coding that the client wants.

#include "nettool/http/file_root.hpp"
#include "nettool/http/reply_fields.hpp"
#include "response_cache.hpp"

#include <memory>
#include <span>
#include <string>

namespace nettool::http {

class FileSender {
public:
    struct Options {
        bool digest = false;    // Repr-Digest with every file (RFC 9530); it is read twice then
        bool compress = false;  // on the fly; what is compressed already is found anyway
        bool foreign = false;   // whoever may have made the files: their pages get no rights
    };

    FileSender(std::shared_ptr<const FileRoot> root, const ReplyFields& fields,
               ResponseCache& cache, const Options& options)
        : root_(std::move(root)), fields_(fields), cache_(cache), options_(options) {}

    /// `file`, which was opened at `names`; a small one is kept in the cache under `key`, unless
    /// that is empty.
    awaitable<result<void>> send(Exchange& exchange, std::vector<std::string> names,
                                 const OpenedFile& file, std::string_view key) const;

private:
    struct Variant;

    Variant choose(const Exchange& exchange, std::vector<std::string>& names,
                   const OpenedFile& file) const;
    HeadWriter head(unsigned status, const Variant& variant) const;
    std::shared_ptr<const CachedResponse> keep(const HeadWriter& writer, const Variant& variant,
                                               std::string_view key) const;
    awaitable<result<void>> send_coded(Exchange& exchange, HeadWriter writer,
                                       const Variant& variant) const;

    std::shared_ptr<const FileRoot> root_;
    const ReplyFields& fields_;
    ResponseCache& cache_;
    Options options_;
};

}  // namespace nettool::http
