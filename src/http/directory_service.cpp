#include "directory_service.hpp"

#include "archive_stream.hpp"
#include "coded_body.hpp"
#include "nettool/http/content_negotiation.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/proto/web/page_assets.hpp"

#include <algorithm>

namespace nettool::http {
namespace {

proto::ListedFile listed(const DirectoryEntry& entry) {
    return {entry.name, entry.is_directory, entry.size, entry.modified};
}

void arrange(DirectoryListing& listing, const proto::ListingView& view) {
    std::erase_if(listing.entries, [&](const auto& entry) { return !view.shows(listed(entry)); });
    if (view.key == proto::ListingView::Key::name && !view.descending) return;
    std::ranges::sort(listing.entries, [&](const auto& a, const auto& b) {
        return view.comes_before(listed(a), listed(b));
    });
}

}  // namespace

bool DirectoryService::wants_json(const RequestHead& request, std::string_view query) {
    if (const auto format = proto::query_value(query, "format")) return *format == "json";
    return accepts(request.fields, "application/json");
}

awaitable<result<DirectoryListing>> DirectoryService::read(const OpenedFile& directory,
                                                           std::vector<std::string> names,
                                                           proto::ListingView view) const {
    // The job owns what it touches, for it may be abandoned.
    auto copy = std::make_shared<OpenedFile>();
    copy->descriptor = directory.descriptor.duplicated();
    auto job = [root = root_, copy, own_names = std::move(names), max = options_.max_entries,
                own_view = std::move(view)] {
        auto listing = root->list(*copy, own_names, max);
        if (listing) arrange(*listing, own_view);
        return listing;
    };
    co_return co_await net::offload(std::move(job));
}

awaitable<result<void>> DirectoryService::list(Exchange& exchange, const proto::TargetPath& path,
                                               const OpenedFile& directory, const Uploads& uploads,
                                               std::string_view key) const {
    proto::ListingPlace place;
    place.names = path.segments;
    place.view = proto::ListingView::of_query(path.query);
    place.archives = options_.archives;
    place.max_upload = uploads.max_bytes;
    place.upload_elsewhere = uploads.elsewhere;
    auto kept = key.empty() ? nullptr : ResponseCache::begin(directory.descriptor);
    const auto listing = co_await read(directory, path.segments, place.view);
    if (!listing) co_return co_await fields_.refuse(exchange, refusal_of(listing.error()));
    Writing writing{exchange, *listing, std::move(kept), key};
    auto writer = fields_.head(200);
    writer.field("Vary", options_.compress ? "Accept, Accept-Encoding" : "Accept")
        .field("X-Content-Type-Options", "nosniff");
    if (wants_json(exchange.request(), path.query)) {
        writer.field("Content-Type", "application/json");
        co_return co_await write(std::move(writing), proto::JsonListing(), std::move(writer));
    }
    writer.field("Content-Type", "text/html; charset=utf-8")
        .field("Content-Security-Policy", proto::page_policy());
    proto::HtmlListing page(std::move(place));
    co_return co_await write(std::move(writing), std::move(page), std::move(writer));
}

template <class Page>
awaitable<result<void>> DirectoryService::write(Writing writing, Page page,
                                                HeadWriter writer) const {
    constexpr std::size_t piece_bytes = 64UL * 1024;
    auto& [exchange, listing, kept, key] = writing;
    std::string_view coding;
    if (const auto accepted = exchange.request().fields.find("accept-encoding");
        accepted && options_.compress) {
        const auto codings = acceptable_codings(*accepted);
        if (!codings.empty()) coding = codings.front();
    }
    if (!coding.empty()) writer.field("Content-Encoding", coding);
    const auto fields = writer.text();
    const auto begun = co_await exchange.begin(std::move(writer), std::nullopt);
    if (!begun) co_return begun.error();
    std::string copy;
    CodedBody body(exchange, coding, kept ? &copy : nullptr);
    auto text = page.head(listing.entries.size());
    for (const auto& entry : listing.entries) {
        text += page.entry(listed(entry));
        if (text.size() < piece_bytes) continue;
        if (kept && copy.size() > ResponseCache::max_listing_bytes) {
            body.keep_nothing();
            kept.reset();
        }
        const auto written = co_await body.write(text);
        if (!written) co_return written.error();
        text.clear();
    }
    text += page.foot(listing.truncated);
    const auto written = co_await body.write(text);
    if (!written) co_return written.error();
    const auto ended = co_await body.end();
    if (ended && kept) {
        kept->response = ReadyResponse(200, fields, copy, std::chrono::system_clock::now());
        cache_.put(key, std::move(kept));
    }
    co_return ended;
}

awaitable<result<void>> DirectoryService::archive(Exchange& exchange, const proto::TargetPath& path,
                                                  const OpenedFile& directory) const {
    const auto kind = proto::query_value(path.query, "archive");
    if (kind != "tar" && kind != "zip")
        co_return co_await fields_.refuse(exchange, 404, "archives are tar or zip here");
    const auto name = path.segments.empty() ? std::string("files") : path.segments.back();
    auto writer = fields_.head(200);
    writer.field("Content-Type", kind == "tar" ? "application/x-tar" : "application/zip")
        .field("Content-Disposition", "attachment; filename*=UTF-8''" +
                                          proto::encoded_segment(name) + "." + std::string(*kind));
    ArchiveWriter packer(kind == "tar" ? ArchiveWriter::Kind::tar : ArchiveWriter::Kind::zip);
    const auto begun = co_await exchange.begin(std::move(writer), std::nullopt);
    if (!begun) co_return begun.error();
    if (exchange.request().method == "HEAD") co_return result<void>();
    ArchiveStream stream(exchange, packer, root_, options_.max_entries);
    co_return co_await stream.send(name, path.segments, directory);
}

}  // namespace nettool::http
