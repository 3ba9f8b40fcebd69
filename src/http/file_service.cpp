#include "nettool/http/file_service.hpp"

#include "directory_service.hpp"
#include "file_sender.hpp"
#include "nettool/proto/web/target_path.hpp"
#include "upload_service.hpp"

#include <algorithm>
#include <array>

namespace nettool::http {

struct FileService::Parts {
    std::shared_ptr<const FileRoot> root;  // also of work that is under way
    std::unique_ptr<ResponseCache> cache;
    FileSender files;
    DirectoryService directories;
    UploadService uploads;
};

FileService::FileService(const std::string& root, Options options) : options_(std::move(options)) {
    if (options_.archives) const ArchiveWriter fails_now_or_never(ArchiveWriter::Kind::tar);
    if (options_.uploads) options_.reply.methods = "GET, HEAD, OPTIONS, PUT, POST";
    auto opened = std::make_shared<const FileRoot>(root, options_.root);
    const auto& reply = options_.reply;
    auto cache = std::make_unique<ResponseCache>();
    FileSender files(opened, reply, *cache, {options_.digest, options_.compress, options_.uploads});
    DirectoryService directories(opened, reply, *cache,
                                 {options_.max_entries, options_.archives, options_.compress});
    UploadService uploads(opened, reply, {options_.force, options_.max_upload});
    parts_ = std::make_unique<Parts>(Parts{std::move(opened), std::move(cache), std::move(files),
                                           std::move(directories), std::move(uploads)});
}

FileService::~FileService() = default;

awaitable<bool> FileService::admit(Exchange& exchange, const Credentials& credentials) {
    auto user = co_await credentials.admit(exchange.request().fields.find("authorization"));
    if (!user) co_return false;
    exchange.set_user(*std::move(user));
    co_return true;
}

// Who may write may read.
awaitable<bool> FileService::may_read(Exchange& exchange) const {
    if (!options_.readers) co_return true;
    const bool reads = co_await admit(exchange, *options_.readers);
    if (reads || !options_.writers) co_return reads;
    co_return co_await admit(exchange, *options_.writers);
}

awaitable<bool> FileService::may_write(Exchange& exchange) const {
    if (!options_.uploads) co_return false;
    if (!options_.writers) co_return co_await may_read(exchange);
    co_return co_await admit(exchange, *options_.writers);
}

awaitable<result<void>> FileService::answer(Exchange& exchange) const {
    const auto method = exchange.request().method;
    const auto& reply = options_.reply;
    if (method == "OPTIONS") co_return co_await answer_options(exchange);
    if (method == "GET" || method == "HEAD") co_return co_await answer_get(exchange);
    static constexpr std::array<std::string_view, 4> known = {"POST", "PUT", "DELETE", "PATCH"};
    const bool is_known = std::ranges::find(known, method) != known.end();
    if (!is_known) co_return co_await reply.refuse(exchange, 501, "this method is not known here");
    if (options_.uploads && (method == "PUT" || method == "POST"))
        co_return co_await answer_upload(exchange);
    const std::string_view why =
        options_.uploads ? "files can only be read and sent here" : "files can only be read here";
    co_return co_await reply.refuse(exchange, 405, why);
}

awaitable<result<void>> FileService::answer_options(Exchange& exchange) const {
    auto writer = options_.reply.head(204);
    writer.field("Allow", options_.reply.methods);
    if (options_.reply.cors && exchange.request().fields.find("access-control-request-method"))
        writer.field("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
            .field("Access-Control-Allow-Headers", "*")
            .field("Access-Control-Max-Age", "600");
    co_return co_await exchange.respond(std::move(writer), {});
}

awaitable<result<void>> FileService::answer_upload(Exchange& exchange) const {
    const bool admitted = co_await may_write(exchange);
    const auto& reply = options_.reply;
    if (!admitted) co_return co_await reply.refuse(exchange, 401, "sending needs a password");
    const auto path = proto::parse_target_path(exchange.request().target);
    if (!path) co_return co_await reply.refuse(exchange, 400, "the path is not well formed");
    if (exchange.request().method == "PUT") co_return co_await parts_->uploads.put(exchange, *path);
    co_return co_await parts_->uploads.post(exchange, *path);
}

std::shared_ptr<const ReadyResponse> FileService::ready(const Exchange& exchange) const {
    if (options_.readers || options_.digest) return nullptr;
    std::string buffer;
    const auto key = cache_key(exchange.request(), buffer);
    return key.empty() ? nullptr : parts_->cache->find(key, exchange.begun());
}

awaitable<result<void>> FileService::answer_get(Exchange& exchange) const {
    const bool admitted = co_await may_read(exchange);
    if (!admitted) co_return co_await options_.reply.refuse(exchange, 401, "this needs a password");
    std::string buffer;
    auto key = options_.digest ? std::string_view() : cache_key(exchange.request(), buffer);
    const auto cached = key.empty() ? nullptr : parts_->cache->find(key, exchange.begun());
    if (cached) co_return co_await exchange.respond(*cached);
    co_return co_await answer_path(exchange, key);
}

awaitable<result<void>> FileService::answer_path(Exchange& exchange, std::string_view key) const {
    const auto& reply = options_.reply;
    const auto path = proto::parse_target_path(exchange.request().target);
    if (!path) co_return co_await reply.refuse(exchange, 400, "the path is not well formed");
    if (!path->query.empty()) key = {};  // there are too many of them
    const auto file = parts_->root->open(path->segments);
    if (!file) co_return co_await reply.refuse(exchange, refusal_of(file.error()));
    if (!file->is_directory()) {
        if (path->directory)
            co_return co_await reply.refuse(exchange, 404, "there is nothing here");
        co_return co_await parts_->files.send(exchange, path->segments, *file, key);
    }
    if (path->directory) co_return co_await answer_directory(exchange, *path, *file, key);
    auto location = proto::encoded_path(path->segments, true);
    if (!path->query.empty()) location.append("?").append(path->query);
    auto writer = reply.head(301);
    writer.field("Location", location);
    co_return co_await exchange.refuse(std::move(writer), "this is a directory");
}

awaitable<result<void>> FileService::answer_directory(Exchange& exchange,
                                                      const proto::TargetPath& path,
                                                      const OpenedFile& directory,
                                                      std::string_view key) const {
    const auto& parts = *parts_;
    if (parts.directories.wants_archive(path))
        co_return co_await parts.directories.archive(exchange, path, directory);
    DirectoryService::Uploads uploads;
    const bool may_send = co_await may_write(exchange);
    if (may_send) uploads.max_bytes = options_.max_upload;
    uploads.elsewhere = options_.uploads && !may_send;
    const bool asks_to_send = proto::query_value(path.query, "upload").has_value();
    if (asks_to_send && uploads.elsewhere)
        co_return co_await options_.reply.refuse(exchange, 401, "sending needs a password");
    auto names = path.segments;
    names.emplace_back();
    const bool listed =
        asks_to_send || DirectoryService::wants_json(exchange.request(), path.query);
    for (const auto& index : options_.index) {
        if (listed) break;
        names.back() = index;
        const auto file = parts.root->open(names);
        if (file && !file->is_directory())
            co_return co_await parts.files.send(exchange, std::move(names), *file, key);
    }
    if (options_.uploads) key = {};  // what it offers depends on who asks
    co_return co_await parts.directories.list(exchange, path, directory, uploads, key);
}

}  // namespace nettool::http
