#include "transfer.hpp"

#include "continuation.hpp"
#include "explanation.hpp"
#include "nettool/base/text.hpp"
#include "nettool/base/units.hpp"
#include "nettool/cli/runner.hpp"
#include "nettool/http/content.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/web/content_disposition.hpp"
#include "nettool/proto/web/file_name.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;
using namespace std::chrono_literals;

constexpr unsigned ok = 200, partial = 206, unsatisfiable = 416;

}  // namespace

Transfer::Transfer(cli::Context& context, const Parts& parts, http::Request request,
                   std::string url, std::string path)
    : context_(context),
      parts_(parts),
      request_(std::move(request)),
      url_(std::move(url)),
      path_(std::move(path)) {}

awaitable<ExitCode> Transfer::run() {
    for (unsigned tries = 1;; ++tries) {
        fetched_.tries = tries;
        auto trouble = co_await attempt();
        tell(tries);
        if (trouble.code == ExitCode::ok) co_return ExitCode::ok;
        const bool again =
            trouble.passes && tries <= parts_.settings.retries && request_.is_idempotent();
        const auto wait = again ? wait_of(tries, trouble) : std::nullopt;
        if (!wait) {
            context_.log.error(trouble.reason);
            if (target_ && target_->keeps() && trouble.code == ExitCode::network)
                context_.log.notice(
                    fmt::format("the {} bytes of {} that came are kept: --resume "
                                "goes on with them",
                                target_->size(), path_));
            co_return trouble.code;
        }
        context_.log.notice(fmt::format("{}; again in {:.1f} s (retry {} of {})", trouble.reason,
                                        std::chrono::duration<double>(*wait).count(), tries,
                                        parts_.settings.retries));
        co_await net::pause(*wait);
        if (co_await net::stop_requested())
            throw boost::system::system_error(asio::error::operation_aborted);
    }
}

std::optional<std::chrono::milliseconds> Transfer::wait_of(unsigned next,
                                                           const Trouble& trouble) const {
    constexpr unsigned most_doublings = 6;
    const std::chrono::milliseconds own = 1s * (1U << std::min(next - 1, most_doublings));
    const auto wait = trouble.wait.value_or(std::min(own, parts_.settings.max_wait));
    if (wait > parts_.settings.max_wait) return std::nullopt;
    return wait;
}

awaitable<Transfer::Trouble> Transfer::attempt() {
    Trouble trouble;
    trail_.clear();
    try {
        co_return co_await ask();
    } catch (const Failure& failure) {
        trouble.reason = failure.what();
        trouble.code = cli::exit_code_of(failure.fault());
        trouble.passes = failure.fault() == Fault::network;
        if (!trouble.passes && target_) target_->drop();
    }
    co_return trouble;
}

awaitable<Transfer::Trouble> Transfer::ask() {
    const auto response = co_await parts_.client.send(next_request(), &trail_);
    const auto status = response->status();
    if (status == unsatisfiable && resuming_) {
        if (finish_if_whole(*response)) co_return Trouble{};
        target_->restart();
        target_->drop();
        co_return co_await ask();
    }
    const auto trouble = trouble_of(*response);
    const bool last = fetched_.tries > parts_.settings.retries || !trouble.passes;
    if (response->is_error() && !last) co_return trouble;
    const bool shown = !response->is_error() || path_ == "-" || parts_.settings.fail_with_body;
    if (parts_.settings.asks_range && status == ok)
        throw Failure(Fault::refused, url_ + ": the server does not send parts of it");
    if (shown) co_await write(*response);
    report(*response);
    co_return trouble;
}

Transfer::Trouble Transfer::trouble_of(const http::Response& response) {
    Trouble trouble;
    if (!response.is_error()) return trouble;
    trouble.reason = public_text(response.url()) + ": " + response.status_text();
    trouble.code = ExitCode::refused;
    trouble.passes = is_transient(response.status());
    trouble.wait = wait_in(response.field("retry-after"));
    return trouble;
}

// The rest of what is there, only if it is still the same (RFC 9110 §13.1.5).
http::Request Transfer::next_request() {
    const bool named = path_ != "-" && !parts_.settings.header_name;
    if (!target_ && parts_.settings.resume && named)
        target_.emplace(context_.out, path_, url_, true);
    auto request = request_;
    resuming_ = target_ && target_->size() > 0 && !target_->source().validator.empty() &&
                request.method == "GET" && !parts_.settings.asks_range;
    if (!resuming_) return request;
    request.set_field("Range", fmt::format("bytes={}-", target_->size()));
    request.set_field("If-Range", target_->source().validator);
    return request;
}

// An earlier attempt had had it to the last byte, and nothing comes after all.
bool Transfer::finish_if_whole(const http::Response& response) {
    const auto part = part_in(response.field("content-range"));
    if (!part || part->whole != target_->size()) return false;
    verifier_.begin(parts_.settings.checksum, response);
    target_->read_left([this](std::string_view bytes) { verifier_.update(bytes); });
    fetched_.verified = verifier_.finish(url_);
    target_->finish();
    report(response);
    return true;
}

void Transfer::open(const http::Response& response) {
    if (!parts_.settings.directory.empty()) {
        std::error_code ec;
        std::filesystem::create_directories(parts_.settings.directory, ec);
        if (ec) throw Failure(Fault::local, "make directory " + parts_.settings.directory, ec);
    }
    if (parts_.settings.header_name) {
        const auto name = proto::disposition_file_name(response.field("content-disposition"));
        if (name)
            path_ = std::filesystem::path(path_).replace_filename(
                proto::safe_file_name(name->substr(name->find_last_of("/\\") + 1)));
        // A name that somebody else chose takes nothing away.
        if (std::filesystem::exists(std::filesystem::symlink_status(path_)))
            throw Failure(Fault::local, path_ + " is there already");
    }
    target_.emplace(context_.out, path_, url_, false);
}

Source Transfer::source_of(const http::Response& response) const {
    const bool coded =
        parts_.settings.decodes && response.head().fields.count("content-encoding") > 0;
    const bool parts = !equal_ignoring_case(response.field("accept-ranges"), "none");
    const bool whole = response.status() == ok || resuming_;
    const bool goes_on = parts && whole && !coded && !parts_.settings.include &&
                         !parts_.settings.asks_range && request_.method == "GET";
    return {url_, goes_on ? validator_of(response) : std::string()};
}

// Whether the answer begins where the target ends; else it begins anew, if it can.
bool Transfer::goes_on(const http::Response& response) {
    if (resuming_ && response.status() == partial) {
        const auto range = response.field("content-range");
        const auto part = part_in(range);
        if (!part || part->first != target_->size())
            throw Failure(Fault::local,
                          url_ + ": another part than was asked for: " + quoted(range, 100));
        return true;
    }
    if (target_->size() == 0) return false;
    if (target_->can_restart()) {
        target_->restart();
        return false;
    }
    // Standard output has the beginning already.
    const auto source = source_of(response);
    if (source.validator.empty() || source != target_->source())
        throw Failure(Fault::refused, url_ + " has changed, and its beginning is written already");
    skip_ = target_->size();
    return true;
}

awaitable<void> Transfer::write(http::Response& response) {
    if (!target_) open(response);
    skip_ = 0;
    const bool resumes = goes_on(response);
    if (!resumes || !resuming_) target_->begin(source_of(response));
    const bool whole = response.status() == ok || resumes;
    const bool as_sent =
        !parts_.settings.decodes || response.head().fields.count("content-encoding") == 0;
    // What standard output has already is fed, and only a file can be read again.
    if (!resumes || target_->can_restart()) {
        verifier_ = Verifier();
        if (whole && request_.method != "HEAD" && (as_sent || parts_.settings.checksum))
            verifier_.begin(parts_.settings.checksum, response);
        if (resumes && verifier_.is_wanted())
            target_->read_left([this](std::string_view bytes) { verifier_.update(bytes); });
    }
    if (parts_.settings.include) target_->write(response.raw_head());
    co_await receive(response);
    fetched_.verified = verifier_.finish(url_);
    target_->finish();
}

awaitable<void> Transfer::receive(http::Response& response) {
    auto& progress = parts_.progress;
    if (const auto size = response.body().announced()) progress.expect(*size);
    const auto most = parts_.settings.max_size.value_or(UINT64_MAX);
    const auto max_bytes = most - std::min(most, skip_ > 0 ? 0 : target_->size());
    std::function<void(std::string_view)> sink = [&](std::string_view piece) {
        progress.advance(piece.size());
        const auto known = std::min<std::uint64_t>(skip_, piece.size());
        skip_ -= known;
        piece.remove_prefix(known);
        if (piece.empty()) return;
        verifier_.update(piece);
        target_->write(piece);
    };
    const auto decoding = parts_.settings.decodes ? http::Decoding::yes : http::Decoding::no;
    http::Shortcut shortcut{target_->descriptor(), path_, [&](std::uint64_t bytes) {
                                progress.advance(bytes);
                                target_->written(bytes);
                            }};
    const bool unseen = shortcut.file >= 0 && !verifier_.is_wanted();
    co_await http::read_content(response, decoding, max_bytes, std::move(sink),
                                unseen ? &shortcut : nullptr);
    // Pieces of a whole that is longer than they are together were not all of it.
    const auto part = resuming_ ? part_in(response.field("content-range")) : std::nullopt;
    if (part && part->whole && *part->whole != target_->size())
        throw Failure(Fault::network, fmt::format("{} was cut short after {} of {} bytes", url_,
                                                  target_->size(), *part->whole));
}

void Transfer::report(const http::Response& response) {
    const auto timing = http::timing_of(response.phases(), net::Stream::Clock::now());
    fetched_.url = url_;
    fetched_.final_url = to_string(response.url());
    fetched_.redirects = response.redirects;
    fetched_.status = response.status();
    fetched_.type = response.field("content-type");
    fetched_.file = target_ ? path_ : "";
    fetched_.size_bytes = target_ ? target_->size() : 0;
    fetched_.resumed_bytes = target_ ? target_->resumed() : 0;
    fetched_.received_bytes = response.body().size();
    fetched_.name_ms = timing.name_ms;
    fetched_.connect_ms = timing.connect_ms;
    fetched_.tls_ms = timing.tls_ms;
    fetched_.response_ms = timing.response_ms;
    fetched_.total_ms = timing.total_ms;
    fetched_.hops.clear();
    for (const auto& hop : trail_) fetched_.hops.push_back(hop_of(hop));
    body_words_ = body_in_words(response);
    if (context_.out.format() == cli::Output::Format::json) context_.out.emit(fetched_);
}

void Transfer::tell(std::size_t tries) const {
    const bool people = context_.out.format() == cli::Output::Format::human;
    if (parts_.settings.explain) {
        if (tries > 1) context_.log.notice(fmt::format("try {}:", tries));
        context_.log.sink().write(explanation_of(trail_, body_words_));
    }
    if (!parts_.settings.timing || !people) return;
    for (const auto& line : timing_lines(trail_, net::Stream::Clock::now()))
        context_.log.notice(line);
    if (target_ && parts_.settings.decodes)
        context_.log.notice(fmt::format("{} over the wire, {} written",
                                        human_size(fetched_.received_bytes),
                                        human_size(target_->size())));
}

}  // namespace nettool::commands
