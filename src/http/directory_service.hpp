#pragma once
// Answers a request with a directory: its listing as a page or as JSON, or all of it as an archive.

#include "archive_writer.hpp"
#include "nettool/http/file_root.hpp"
#include "nettool/http/reply_fields.hpp"
#include "nettool/proto/web/listing_page.hpp"
#include "nettool/proto/web/target_path.hpp"
#include "response_cache.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace nettool::http {

class DirectoryService {
public:
    struct Options {
        std::size_t max_entries = 100'000;  // of a listing, and of an archive
        bool archives = false;
        bool compress = false;
    };

    /// Whether files may be sent there, as far as this client is concerned.
    struct Uploads {
        std::optional<std::uint64_t> max_bytes;
        bool elsewhere = false;  // not before it has shown a password
    };

    DirectoryService(std::shared_ptr<const FileRoot> root, const ReplyFields& fields,
                     ResponseCache& cache, const Options& options)
        : root_(std::move(root)), fields_(fields), cache_(cache), options_(options) {}

    bool wants_archive(const proto::TargetPath& path) const {
        return options_.archives && proto::query_value(path.query, "archive");
    }
    static bool wants_json(const RequestHead& request, std::string_view query);

    /// The listing is kept in the cache under `key`, unless that is empty.
    awaitable<result<void>> list(Exchange& exchange, const proto::TargetPath& path,
                                 const OpenedFile& directory, const Uploads& uploads,
                                 std::string_view key) const;
    awaitable<result<void>> archive(Exchange& exchange, const proto::TargetPath& path,
                                    const OpenedFile& directory) const;

private:
    awaitable<result<DirectoryListing>> read(const OpenedFile& directory,
                                             std::vector<std::string> names,
                                             proto::ListingView view) const;
    /// A listing that is written: where it goes, and what is kept of it.
    struct Writing {
        Exchange& exchange;
        const DirectoryListing& listing;
        std::shared_ptr<CachedResponse> kept;  // none: it is not wanted, or too long
        std::string_view key;
    };

    template <class Page>
    awaitable<result<void>> write(Writing writing, Page page, HeadWriter writer) const;

    std::shared_ptr<const FileRoot> root_;
    const ReplyFields& fields_;
    ResponseCache& cache_;
    Options options_;
};

}  // namespace nettool::http
