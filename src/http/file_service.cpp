#include "nettool/http/file_service.hpp"

#include "nettool/base/digest.hpp"
#include "nettool/base/text.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/http_date.hpp"
#include "nettool/proto/web/http_range.hpp"
#include "nettool/proto/web/listing_page.hpp"
#include "nettool/proto/web/media_type.hpp"
#include "send_ranges.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace nettool::http {
namespace {

using std::chrono::sys_seconds;

sys_seconds seconds_of(WallTime time) {
    return std::chrono::time_point_cast<std::chrono::seconds>(time);
}

proto::Conditions conditions_of(const Fields& fields) {
    proto::Conditions conditions;
    conditions.if_match = fields.find("if-match");
    conditions.if_none_match = fields.find("if-none-match");
    conditions.if_modified_since = fields.find("if-modified-since");
    conditions.if_unmodified_since = fields.find("if-unmodified-since");
    conditions.if_range = fields.find("if-range");
    return conditions;
}

// Judged by its beginning, where the last character may be cut.
bool begins_as_utf8(int file) {
    std::array<char, 8192> buffer;
    const auto n = ::pread(file, buffer.data(), buffer.size(), 0);
    std::string_view text(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    const bool cut = text.size() == buffer.size();
    while (!text.empty()) {
        const auto size = utf8_sequence_length(text);
        if (size == 0) return cut && begins_utf8_sequence(text);
        text.remove_prefix(size);
    }
    return true;
}

std::string type_of(std::string_view name, int file) {
    std::string type(proto::media_type_of(name));
    if (proto::is_text(type) && begins_as_utf8(file)) type += "; charset=utf-8";
    return type;
}

// Of what is in the file by now: if it changes while it is sent, the receiver will find out.
std::string digest_now(int file) {
    Digest sha256("sha256");
    std::vector<char> chunk(256UL * 1024);
    for (off_t at = 0;;) {
        const auto n = ::pread(file, chunk.data(), chunk.size(), at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return {};
        if (n == 0) break;
        sha256.update({chunk.data(), static_cast<std::size_t>(n)});
        at += n;
    }
    return proto::repr_digest(sha256.finish_raw());
}

awaitable<std::string> digest_of(const OpenedFile& file) {
    auto own =
        std::make_shared<UniqueDescriptor>(::fcntl(file.descriptor.get(), F_DUPFD_CLOEXEC, 0));
    auto job = [own] { return digest_now(own->get()); };
    co_return co_await net::offload(std::move(job));
}

struct Answer {
    unsigned status;
    std::string_view why;
};

Answer answer_to(error_code ec) {
    namespace errc = boost::system::errc;
    if (ec == errc::no_such_file_or_directory) return {404, "there is nothing here"};
    if (ec == errc::permission_denied) return {403, "the server may not read this"};
    if (ec == errc::too_many_files_open || ec == errc::too_many_files_open_in_system)
        return {503, "the server has too many files open"};
    return {500, "the server cannot read this"};
}

bool wants_json(const RequestHead& request, std::string_view query) {
    if (const auto format = proto::query_value(query, "format")) return *format == "json";
    bool json = false;
    for_each_member(request.fields.find("accept").value_or(""), [&](std::string_view member) {
        json = json || equal_ignoring_case(without_blanks(member.substr(0, member.find(';'))),
                                           "application/json");
    });
    return json;
}

}  // namespace

FileService::FileService(const std::string& root, Options options)
    : root_(std::make_shared<FileRoot>(root, options.root)), options_(std::move(options)) {}

HeadWriter FileService::head(unsigned status) const {
    HeadWriter writer(status);
    if (options_.cors)
        writer.field("Access-Control-Allow-Origin", "*")
            .field("Access-Control-Expose-Headers", "*");
    for (const auto& [name, value] : options_.fields) writer.field(name, value);
    return writer;
}

awaitable<result<void>> FileService::refuse(Exchange& exchange, unsigned status,
                                            std::string_view why) const {
    auto writer = head(status);
    if (status == 405) writer.field("Allow", methods);
    co_return co_await exchange.refuse(std::move(writer), why);
}

awaitable<result<void>> FileService::answer(Exchange& exchange) const {
    const auto method = exchange.request().method;
    if (method == "OPTIONS") co_return co_await answer_options(exchange);
    if (method != "GET" && method != "HEAD") {
        static constexpr std::array<std::string_view, 4> known = {"POST", "PUT", "DELETE", "PATCH"};
        const bool is_known = std::ranges::find(known, method) != known.end();
        if (is_known) co_return co_await refuse(exchange, 405, "files can only be read here");
        co_return co_await refuse(exchange, 501, "this method is not known here");
    }
    const auto path = proto::parse_target_path(exchange.request().target);
    if (!path) co_return co_await refuse(exchange, 400, "the path is not well formed");
    co_return co_await answer_path(exchange, *path);
}

awaitable<result<void>> FileService::answer_options(Exchange& exchange) const {
    auto writer = head(204);
    writer.field("Allow", methods);
    if (options_.cors && exchange.request().fields.find("access-control-request-method"))
        writer.field("Access-Control-Allow-Methods", methods)
            .field("Access-Control-Allow-Headers", "*")
            .field("Access-Control-Max-Age", "600");
    co_return co_await exchange.respond(std::move(writer), {});
}

awaitable<result<void>> FileService::answer_path(Exchange& exchange,
                                                 const proto::TargetPath& path) const {
    const auto file = root_->open(path.segments);
    if (!file) {
        const auto [status, why] = answer_to(file.error());
        co_return co_await refuse(exchange, status, why);
    }
    if (!file->is_directory()) {
        if (path.directory) co_return co_await refuse(exchange, 404, "there is nothing here");
        co_return co_await answer_file(exchange, path.segments.back(), *file);
    }
    if (path.directory) co_return co_await answer_directory(exchange, path, *file);
    auto location = proto::encoded_path(path.segments, true);
    if (!path.query.empty()) location.append("?").append(path.query);
    auto writer = head(301);
    writer.field("Location", location);
    co_return co_await exchange.refuse(std::move(writer), "this is a directory");
}

awaitable<result<void>> FileService::answer_directory(Exchange& exchange,
                                                      const proto::TargetPath& path,
                                                      const OpenedFile& directory) const {
    auto names = path.segments;
    const bool json = wants_json(exchange.request(), path.query);
    names.emplace_back();
    for (const auto& index : options_.index) {
        if (json) break;
        names.back() = index;
        const auto file = root_->open(names);
        if (file && !file->is_directory()) co_return co_await answer_file(exchange, index, *file);
    }
    auto writer = head(200);
    writer.field("Vary", "Accept").field("X-Content-Type-Options", "nosniff");
    if (json) {
        writer.field("Content-Type", "application/json");
        co_return co_await list(exchange, path, directory, proto::JsonListing(), std::move(writer));
    }
    writer.field("Content-Type", "text/html; charset=utf-8")
        .field("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    co_return co_await list(exchange, path, directory, proto::HtmlListing(), std::move(writer));
}

template <class Listing>
awaitable<result<void>> FileService::list(Exchange& exchange, const proto::TargetPath& path,
                                          const OpenedFile& directory, Listing page,
                                          HeadWriter writer) const {
    constexpr std::size_t piece_bytes = 64UL * 1024;
    // The job owns what it touches, for it may be abandoned.
    auto copy = std::make_shared<OpenedFile>();
    copy->descriptor = UniqueDescriptor(::fcntl(directory.descriptor.get(), F_DUPFD_CLOEXEC, 0));
    const auto root = root_;
    auto job = [root, copy, names = path.segments, max = options_.max_entries] {
        return root->list(*copy, names, max);
    };
    const auto listing = co_await net::offload(std::move(job));
    if (!listing) {
        const auto [status, why] = answer_to(listing.error());
        co_return co_await refuse(exchange, status, why);
    }
    const auto begun = co_await exchange.begin(std::move(writer), std::nullopt);
    if (!begun) co_return begun.error();
    auto text = page.head(path.segments);
    for (const auto& entry : listing->entries) {
        text += page.entry({entry.name, entry.is_directory, entry.size, entry.modified});
        if (text.size() < piece_bytes) continue;
        const auto written = co_await exchange.write(text);
        if (!written) co_return written.error();
        text.clear();
    }
    text += page.foot(listing->truncated);
    const auto written = co_await exchange.write(text);
    if (!written) co_return written.error();
    co_return co_await exchange.end();
}

awaitable<result<void>> FileService::answer_file(Exchange& exchange, std::string_view name,
                                                 const OpenedFile& file) const {
    const auto& request = exchange.request();
    const auto now = exchange.received();
    const auto current = file.validators(now);
    const auto conditions = conditions_of(request.fields);
    const auto verdict = proto::judge_conditions(conditions, current, seconds_of(now));
    if (verdict == proto::Precondition::failed)
        co_return co_await refuse(exchange, 412, "the file is not the one that was meant");
    const auto range = request.fields.find("range");
    proto::Ranges ranges;
    if (verdict == proto::Precondition::proceed && range && request.method == "GET" &&
        proto::range_applies(conditions, current, seconds_of(now)))
        ranges = proto::judge_ranges(*range, file.size());

    unsigned status = verdict == proto::Precondition::not_modified ? 304 : 200;
    if (ranges.verdict == proto::Ranges::Verdict::partial) status = 206;
    if (ranges.verdict == proto::Ranges::Verdict::unsatisfiable) status = 416;
    auto writer = head(status);
    writer.field("ETag", to_string(current.tag))
        .field("Last-Modified", proto::http_date(current.modified))
        .field("Accept-Ranges", "bytes");
    if (status == 304) co_return co_await exchange.respond(std::move(writer), {});
    if (status == 416) {
        writer.field("Content-Range", proto::unsatisfied_range(file.size()));
        co_return co_await exchange.refuse(std::move(writer), "the file has no such bytes");
    }
    const int descriptor = file.descriptor.get();
    if (options_.digest) {
        const auto digest = co_await digest_of(file);
        if (!digest.empty()) writer.field("Repr-Digest", digest);
    }
    auto type = type_of(name, descriptor);
    if (status == 206) {
        RangedFile ranged{descriptor, file.size(), std::move(type)};
        co_return co_await send_ranges(exchange, std::move(writer), std::move(ranged),
                                       std::move(ranges.parts));
    }
    writer.field("Content-Type", type);
    co_return co_await exchange.respond_file(std::move(writer), descriptor, 0, file.size());
}

}  // namespace nettool::http
