#pragma once
// Answers a request with one file: conditions, ranges, and the coding that the client wants.

#include "nettool/http/file_root.hpp"
#include "nettool/http/reply_fields.hpp"

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
               const Options& options)
        : root_(std::move(root)), fields_(fields), options_(options) {}

    /// `file`, which was opened at `names`.
    awaitable<result<void>> send(Exchange& exchange, std::vector<std::string> names,
                                 const OpenedFile& file) const;

private:
    struct Variant;

    Variant choose(const Exchange& exchange, std::vector<std::string>& names,
                   const OpenedFile& file) const;
    HeadWriter head(unsigned status, const Variant& variant) const;
    awaitable<result<void>> send_coded(Exchange& exchange, HeadWriter writer,
                                       const Variant& variant) const;

    std::shared_ptr<const FileRoot> root_;
    const ReplyFields& fields_;
    Options options_;
};

}  // namespace nettool::http
