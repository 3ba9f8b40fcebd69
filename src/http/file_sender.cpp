#include "file_sender.hpp"

#include "coded_body.hpp"
#include "nettool/base/digest.hpp"
#include "nettool/base/errc.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/content_negotiation.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/http_date.hpp"
#include "nettool/proto/web/http_range.hpp"
#include "nettool/proto/web/media_type.hpp"
#include "send_ranges.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <unistd.h>

namespace nettool::http {
namespace {

constexpr std::uint64_t worth_compressing = 256;  // bytes
constexpr std::uint64_t compressed_at_once = 64UL * 1024;

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

// With its charset, for which the file has to be looked into.
std::string whole_type(std::string_view media_type, const OpenedFile& file) {
    std::string type(media_type);
    if (proto::is_text(type) && begins_as_utf8(file.descriptor.get())) type += "; charset=utf-8";
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
    auto own = std::make_shared<UniqueDescriptor>(file.descriptor.duplicated());
    auto job = [own] { return digest_now(own->get()); };
    co_return co_await net::offload(std::move(job));
}

std::string encoded(std::string_view bytes, std::string_view coding) {
    std::string coded;
    const auto encoder = proto::ContentEncoder::make(coding);
    const proto::ContentEncoder::Sink sink = [&coded](std::string_view part) { coded += part; };
    encoder->encode(bytes, sink);
    encoder->finish(sink);
    return coded;
}

std::string_view extension_of(std::string_view coding) {
    if (coding == "zstd") return ".zst";
    return coding == "br" ? ".br" : ".gz";
}

}  // namespace

/// What is sent of a file: its bytes, a neighbour that holds them compressed, or what the encoder
/// makes of them.
struct FileSender::Variant {
    const OpenedFile& original;
    std::string_view media_type{};
    proto::Validators current{};
    std::string_view coding{};  // empty: none
    bool on_the_fly = false;
    bool varies = false;  // another client would get another one
    OpenedFile neighbour{};

    const OpenedFile& file() const { return coding.empty() || on_the_fly ? original : neighbour; }
};

FileSender::Variant FileSender::choose(const Exchange& exchange, std::vector<std::string>& names,
                                       const OpenedFile& file) const {
    const auto& fields = exchange.request().fields;
    Variant variant{file};
    variant.media_type = proto::media_type_of(names.back());
    variant.current = file.validators(exchange.received());
    const bool compresses = options_.compress && file.size() >= worth_compressing &&
                            proto::is_compressible(variant.media_type);
    variant.varies = compresses;
    const auto accepted = fields.find("accept-encoding");
    if (!accepted || fields.find("range")) return variant;
    const auto codings = acceptable_codings(*accepted);
    const auto plain_name = names.back();
    for (const auto coding : codings) {
        names.back() = plain_name + std::string(extension_of(coding));
        auto neighbour = root_->open(names);
        if (!neighbour || neighbour->is_directory()) continue;
        const auto current = neighbour->validators(exchange.received());
        if (current.modified < variant.current.modified) continue;  // of another time
        variant.neighbour = *std::move(neighbour);
        variant.current.tag = current.tag;
        variant.coding = coding;
        variant.varies = true;
        return variant;
    }
    if (!compresses || codings.empty()) return variant;
    variant.coding = codings.front();
    variant.on_the_fly = true;
    variant.current.tag.opaque.append("-").append(variant.coding);
    variant.current.tag.weak = true;  // the same bytes behind another coding
    return variant;
}

HeadWriter FileSender::head(unsigned status, const Variant& variant) const {
    auto writer = fields_.head(status);
    writer.field("ETag", to_string(variant.current.tag))
        .field("Last-Modified", proto::http_date(variant.current.modified));
    if (variant.varies) writer.field("Vary", "Accept-Encoding");
    if (!variant.on_the_fly) writer.field("Accept-Ranges", "bytes");
    if (!options_.foreign) return writer;
    writer.field("X-Content-Type-Options", "nosniff");
    if (proto::is_active(variant.media_type)) writer.field("Content-Security-Policy", "sandbox");
    return writer;
}

awaitable<result<void>> FileSender::send(Exchange& exchange, std::vector<std::string> names,
                                         const OpenedFile& file, std::string_view key) const {
    const auto& request = exchange.request();
    const auto now = std::chrono::floor<std::chrono::seconds>(exchange.received());
    auto variant = choose(exchange, names, file);
    const auto conditions = conditions_of(request.fields);
    const auto verdict = proto::judge_conditions(conditions, variant.current, now);
    if (verdict == proto::Precondition::failed)
        co_return co_await fields_.refuse(exchange, 412, "the file is not the one that was meant");
    const auto range = request.fields.find("range");
    const auto size = variant.file().size();
    proto::Ranges ranges;
    if (verdict == proto::Precondition::proceed && range && request.method == "GET" &&
        proto::range_applies(conditions, variant.current, now))
        ranges = proto::judge_ranges(*range, size);

    unsigned status = verdict == proto::Precondition::not_modified ? 304 : 200;
    if (ranges.verdict == proto::Ranges::Verdict::partial) status = 206;
    if (ranges.verdict == proto::Ranges::Verdict::unsatisfiable) status = 416;
    auto writer = head(status, variant);
    if (status == 304) co_return co_await exchange.respond(std::move(writer), {});
    if (status == 416) {
        writer.field("Content-Range", proto::unsatisfied_range(size));
        co_return co_await exchange.refuse(std::move(writer), "the file has no such bytes");
    }
    if (!variant.coding.empty()) writer.field("Content-Encoding", variant.coding);
    if (options_.digest && !variant.on_the_fly) {
        const auto digest = co_await digest_of(variant.file());
        if (!digest.empty()) writer.field("Repr-Digest", digest);
    }
    auto type = whole_type(variant.media_type, file);
    const int descriptor = variant.file().descriptor.get();
    if (status == 206) {
        RangedFile ranged{descriptor, size, std::move(type)};
        co_return co_await send_ranges(exchange, std::move(writer), std::move(ranged),
                                       std::move(ranges.parts));
    }
    writer.field("Content-Type", type);
    if (!key.empty() && size <= ResponseCache::max_body_bytes) {
        const auto kept = keep(writer, variant, key);
        if (kept) co_return co_await exchange.respond(kept->response);
    }
    if (variant.on_the_fly) co_return co_await send_coded(exchange, std::move(writer), variant);
    co_return co_await exchange.respond_file(std::move(writer), descriptor, 0, size);
}

// Nothing when it is too young for that, or changes while it is read.
std::shared_ptr<const CachedResponse> FileSender::keep(const HeadWriter& writer,
                                                       const Variant& variant,
                                                       std::string_view key) const {
    auto entry = ResponseCache::begin(variant.file().descriptor);
    if (!entry || entry->status.st_size != variant.file().status.st_size) return nullptr;
    std::string bytes(variant.file().size(), '\0');
    const auto read = read_at(variant.file().descriptor.get(), 0, bytes);
    if (!read) return nullptr;
    if (variant.on_the_fly) bytes = encoded(bytes, variant.coding);
    entry->response = ReadyResponse(200, writer.text(), bytes, std::chrono::system_clock::now());
    cache_.put(key, entry);
    return entry;
}

awaitable<result<void>> FileSender::send_coded(Exchange& exchange, HeadWriter writer,
                                               const Variant& variant) const {
    const auto size = variant.file().size();
    std::string chunk(std::min(size, compressed_at_once), '\0');
    const auto first = read_at(variant.file().descriptor.get(), 0, chunk);
    if (!first) co_return first.error();
    if (size == chunk.size() && exchange.request().method == "GET") {
        co_return co_await exchange.respond(std::move(writer), encoded(chunk, variant.coding));
    }
    const auto begun = co_await exchange.begin(std::move(writer), std::nullopt);
    if (!begun) co_return begun.error();
    if (exchange.request().method == "HEAD") co_return result<void>();
    CodedBody body(exchange, variant.coding);
    for (std::uint64_t at = 0;;) {
        const auto written = co_await body.write(chunk);
        if (!written) co_return written.error();
        at += chunk.size();
        if (at == size) break;
        chunk.resize(std::min(size - at, compressed_at_once));
        const auto read = read_at(variant.file().descriptor.get(), at, chunk);
        if (!read) co_return read.error();
    }
    co_return co_await body.end();
}

}  // namespace nettool::http
