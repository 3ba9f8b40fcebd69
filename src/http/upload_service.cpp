#include "upload_service.hpp"

#include "incoming_file.hpp"
#include "nettool/base/errc.hpp"
#include "nettool/http/content_negotiation.hpp"
#include "nettool/net/offload.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/http_conditions.hpp"
#include "nettool/proto/web/multipart.hpp"
#include "nettool/proto/web/page_assets.hpp"

#include <algorithm>

#include <sys/stat.h>

namespace nettool::http {
namespace {

constexpr std::size_t max_files = 100;  // of a form

// Browsers say where a form comes from; another site's may not send files here.
bool is_from_elsewhere(const RequestHead& request) {
    const auto origin = request.fields.find("origin");
    if (!origin) return false;
    const auto scheme_end = origin->find("://");
    return scheme_end == origin->npos ||
           !equal_ignoring_case(origin->substr(scheme_end + 3), request.host);
}

// What the client says the digest is (RFC 9530); nothing when it does not, or not as SHA-256.
std::optional<std::string_view> promised_digest(const RequestHead& request) {
    std::optional<std::string_view> found;
    for (const auto name : {"content-digest", "repr-digest"})
        for_each_member(request.fields.find(name).value_or(""), [&](std::string_view member) {
            if (member.starts_with("sha-256=")) found = member;
        });
    return found;
}

constexpr Refusal too_long{413, "this is more than the server takes"};

}  // namespace

/// The files of a form, which get their names together once all of it has come.
class UploadService::Form final : public proto::MultipartReader::Listener {
public:
    Form(const UploadService& service, std::shared_ptr<const OpenedFile> directory,
         std::vector<std::string> names)
        : service_(service), directory_(std::move(directory)), names_(std::move(names)) {
        names_.emplace_back();
    }

    void begin(const proto::MultipartReader::Part& part) override {
        current_ = nullptr;
        if (trouble_ || !part.file_name || part.file_name->empty()) return;
        auto name = *part.file_name;
        name.erase(0, name.find_last_of("/\\") + 1);  // of a whole path
        if (files.size() + refused.size() == max_files) {
            trouble_ = Refusal{413, "these are more files than a form may have"};
            return;
        }
        names_.back() = name;
        if (const auto refusal = service_.judge_name(*directory_, names_))
            refused.push_back({name, 0, {}, std::string(refusal->why)});
        else
            open(name);
    }
    void data(std::string_view bytes) override {
        if (!current_) return;
        if (const auto ec = current_->write(bytes)) trouble_ = refusal_of(ec);
    }
    void end() override { current_ = nullptr; }

    /// Why nothing of the form can be taken, if it cannot.
    const std::optional<Refusal>& trouble() const { return trouble_; }

    Files files;
    std::vector<proto::Receipt> refused;

private:
    void open(const std::string& name) try {
        files.push_back(std::make_shared<IncomingFile>(directory_, name, service_.options_.force));
        current_ = files.back().get();
    } catch (const Failure& failure) {
        trouble_ = refusal_of(failure.cause());
    }

    const UploadService& service_;
    std::shared_ptr<const OpenedFile> directory_;
    std::vector<std::string> names_;
    IncomingFile* current_ = nullptr;
    std::optional<Refusal> trouble_;
};

// What can be said before the body is read.
std::optional<Refusal> UploadService::judge(const Exchange& exchange) const {
    const auto& request = exchange.request();
    if (is_from_elsewhere(request)) return Refusal{403, "another site may not send files here"};
    if (request.fields.find("content-range"))
        return Refusal{400, "files are taken whole, not in ranges"};
    if (request.fields.find("content-encoding"))
        return Refusal{415, "files are taken without a content coding"};
    if (request.framing.kind == Framing::Kind::none && !request.fields.find("content-length"))
        return Refusal{411, "the length of the file is missing"};
    if (exchange.announced_body().value_or(0) > options_.max_bytes) return too_long;
    return {};
}

std::optional<Refusal> UploadService::judge_name(const OpenedFile& directory,
                                                 std::span<const std::string> names) const {
    const auto& name = names.back();
    // It would drive a terminal, and hide in a listing.
    if (has_control_bytes(name)) return Refusal{400, "the name has control bytes"};
    if (!root_->shows(names)) return Refusal{403, "files of this name are not taken"};
    struct stat status {};
    const int found =
        ::fstatat(directory.descriptor.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW);
    if (found != 0) return {};
    if (S_ISDIR(status.st_mode)) return refusal_of(system_error_of(EISDIR));
    if (!options_.force) return refusal_of(system_error_of(EEXIST));
    return {};
}

// Of If-Match and its like: about what is there, if anything is.
std::optional<Refusal> UploadService::judge_conditions(const Exchange& exchange,
                                                       std::span<const std::string> names) const {
    const auto& fields = exchange.request().fields;
    proto::Conditions conditions;
    conditions.if_match = fields.find("if-match");
    conditions.if_none_match = fields.find("if-none-match");
    conditions.if_unmodified_since = fields.find("if-unmodified-since");
    const Refusal failed{412, "the file is not the one that was meant"};
    const auto file = root_->open(names);
    if (!file && conditions.if_match) return failed;
    if (!file) return {};
    const auto now = std::chrono::floor<std::chrono::seconds>(exchange.received());
    const auto verdict =
        proto::judge_conditions(conditions, file->validators(exchange.received()), now);
    if (verdict == proto::Precondition::proceed) return {};
    return failed;
}

awaitable<result<void>> UploadService::put(Exchange& exchange,
                                           const proto::TargetPath& path) const {
    if (path.directory || path.segments.empty())
        co_return co_await fields_.refuse(exchange, 400, "the name of the file is missing");
    if (const auto refusal = judge(exchange)) co_return co_await refuse_rest(exchange, *refusal);
    const std::span<const std::string> names = path.segments;
    auto opened = root_->open(names.first(names.size() - 1));
    if (!opened || !opened->is_directory())
        co_return co_await refuse_rest(exchange, {409, "there is no such directory"});
    const auto directory = std::make_shared<const OpenedFile>(*std::move(opened));
    auto refusal = judge_conditions(exchange, names);
    if (!refusal) refusal = judge_name(*directory, names);
    if (refusal) co_return co_await refuse_rest(exchange, *refusal);
    std::shared_ptr<IncomingFile> file;
    try {
        file = std::make_shared<IncomingFile>(directory, names.back(), options_.force);
    } catch (const Failure& failure) {
        refusal = refusal_of(failure.cause());
    }
    if (refusal) co_return co_await refuse_rest(exchange, *refusal);
    exchange.allow_body(options_.max_bytes);
    for (;;) {
        const auto piece = co_await exchange.next_of_body();
        if (!piece) co_return co_await refuse_body(exchange, piece.error());
        if (piece->empty()) break;
        const auto ec = file->write(*piece);
        if (!ec) continue;
        file.reset();
        co_return co_await refuse_rest(exchange, refusal_of(ec));
    }
    const auto promised = promised_digest(exchange.request());
    if (promised && *promised != proto::repr_digest(file->receipt().sha256))
        co_return co_await fields_.refuse(exchange, 400, "the digest is another one");
    Files files = {std::move(file)};
    co_return co_await commit(exchange, std::move(files), {}, proto::encoded_path(names, false));
}

awaitable<result<void>> UploadService::post(Exchange& exchange,
                                            const proto::TargetPath& path) const {
    if (const auto refusal = judge(exchange)) co_return co_await refuse_rest(exchange, *refusal);
    const auto boundary =
        proto::form_boundary(exchange.request().fields.find("content-type").value_or(""));
    if (!boundary)
        co_return co_await refuse_rest(exchange, {415, "only multipart/form-data is posted here"});
    auto opened = root_->open(path.segments);
    if (!opened || !opened->is_directory())
        co_return co_await refuse_rest(exchange, {404, "there is no such directory"});
    Form form(*this, std::make_shared<const OpenedFile>(*std::move(opened)), path.segments);
    proto::MultipartReader reader(*boundary);
    auto status = proto::MultipartReader::Status::more;
    exchange.allow_body(options_.max_bytes);
    for (;;) {
        const auto piece = co_await exchange.next_of_body();
        if (!piece) co_return co_await refuse_body(exchange, piece.error());
        if (piece->empty()) break;
        status = reader.feed(*piece, form);
        if (form.trouble()) {
            form.files.clear();
            co_return co_await refuse_rest(exchange, *form.trouble());
        }
        if (status == proto::MultipartReader::Status::malformed) break;
    }
    if (status != proto::MultipartReader::Status::finished)
        co_return co_await refuse_body(exchange, Errc::malformed);
    if (form.files.empty() && form.refused.empty())
        co_return co_await fields_.refuse(exchange, 400, "no file was chosen");
    co_return co_await commit(exchange, std::move(form.files), std::move(form.refused), {});
}

// The rest of the body is read for a while, for who still sends may not hear the answer.
awaitable<result<void>> UploadService::refuse_rest(Exchange& exchange, Refusal refusal) const {
    exchange.allow_body(options_.max_bytes);
    const auto told = co_await fields_.refuse(exchange, refusal);
    if (!told) co_return told.error();
    (void)co_await exchange.drop_body();
    co_return result<void>();
}

// Whoever has left hears nothing any more.
awaitable<result<void>> UploadService::refuse_body(Exchange& exchange, error_code ec) const {
    if (ec == Errc::message_too_long) co_return co_await fields_.refuse(exchange, too_long);
    if (ec != Errc::malformed) co_return ec;
    co_return co_await fields_.refuse(exchange, 400, "the body is not well formed");
}

awaitable<result<void>> UploadService::commit(Exchange& exchange, Files files,
                                              std::vector<proto::Receipt> receipts,
                                              std::string location) const {
    constexpr unsigned created = 201;
    auto job = [files] {
        std::vector<error_code> outcomes;
        for (const auto& file : files) outcomes.push_back(file->commit());
        return outcomes;
    };
    const auto outcomes = co_await net::offload(std::move(job));
    auto status = created;
    if (!receipts.empty()) status = 409;
    for (std::size_t i = 0; i < files.size(); ++i) {
        receipts.push_back(files[i]->receipt());
        if (!outcomes[i]) continue;
        const auto refusal = refusal_of(outcomes[i]);
        status = refusal.status;
        receipts.back().problem = refusal.why;
    }
    auto writer = fields_.head(status);
    if (status == created && !location.empty()) writer.field("Location", location);
    writer.field("X-Content-Type-Options", "nosniff");
    std::string text, type;
    if (accepts(exchange.request().fields, "application/json")) {
        text = proto::receipt_json(receipts);
        type = "application/json";
    } else if (accepts(exchange.request().fields, "text/html")) {
        text = proto::receipt_page(receipts, "./");
        type = "text/html; charset=utf-8";
        writer.field("Content-Security-Policy", proto::page_policy());
    } else {
        text = proto::receipt_text(receipts);
        type = "text/plain; charset=utf-8";
    }
    writer.field("Content-Type", type);
    co_return co_await exchange.respond(std::move(writer), text);
}

}  // namespace nettool::http
