#pragma once
// Takes files that clients send: by PUT, and from the form of a browser (RFC 9110 §9.3.4, RFC
// 7578).

#include "nettool/http/file_root.hpp"
#include "nettool/http/reply_fields.hpp"
#include "nettool/proto/web/receipt.hpp"
#include "nettool/proto/web/target_path.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace nettool::http {

class IncomingFile;

/// A file stands under its name once all of it is on the disk, and never in the place of another
/// unless that is asked for.  Who has sent it gets a receipt with its digest.
class UploadService {
public:
    struct Options {
        bool force = false;                   // what is there may be replaced
        std::uint64_t max_bytes = 1UL << 30;  // of a file, and of a form
    };

    UploadService(std::shared_ptr<const FileRoot> root, const ReplyFields& fields,
                  const Options& options)
        : root_(std::move(root)), fields_(fields), options_(options) {}

    awaitable<result<void>> put(Exchange& exchange, const proto::TargetPath& path) const;
    awaitable<result<void>> post(Exchange& exchange, const proto::TargetPath& path) const;

private:
    class Form;

    using Files = std::vector<std::shared_ptr<IncomingFile>>;

    std::optional<Refusal> judge(const Exchange& exchange) const;
    std::optional<Refusal> judge_name(const OpenedFile& directory,
                                      std::span<const std::string> names) const;
    std::optional<Refusal> judge_conditions(const Exchange& exchange,
                                            std::span<const std::string> names) const;
    awaitable<result<void>> refuse_rest(Exchange& exchange, Refusal refusal) const;
    awaitable<result<void>> refuse_body(Exchange& exchange, error_code ec) const;
    awaitable<result<void>> commit(Exchange& exchange, Files files,
                                   std::vector<proto::Receipt> receipts,
                                   std::string location) const;

    std::shared_ptr<const FileRoot> root_;
    const ReplyFields& fields_;
    Options options_;
};

}  // namespace nettool::http
