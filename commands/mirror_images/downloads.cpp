#include "downloads.hpp"

#include "nettool/base/clock.hpp"
#include "nettool/base/text.hpp"
#include "nettool/http/content.hpp"
#include "nettool/proto/web/content_decoder.hpp"
#include "nettool/proto/web/data_url.hpp"
#include "nettool/proto/web/http_date.hpp"

#include <algorithm>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace nettool::commands {
namespace {

std::string rfc3339(const std::string& http_date) {
    const auto time = proto::parse_http_date(http_date, present_second());
    return time ? fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", *time) : std::string();
}

}  // namespace

// Looks at the first bytes before anything is kept.
class Downloads::Receiver {
public:
    Receiver(const PictureStore& store, std::string name, std::string media_type)
        : store_(store), name_(std::move(name)), media_type_(std::move(media_type)) {}

    void receive(std::string_view piece) {
        if (incoming_) return incoming_->write(piece);
        head_ += piece;
        if (head_.size() >= proto::image_head_bytes) begin();
    }

    /// Throws Failure (refused) for what is no image; after it the type is known.
    PictureStore::Incoming& finish() {
        if (head_.empty()) throw Failure(Fault::refused, name_ + " is empty");
        if (!incoming_) begin();
        return *incoming_;
    }

    const proto::ImageType& type() const { return *type_; }

private:
    void begin() {
        type_ = proto::image_type_of(head_);
        const bool textual = proto::is_textual(head_);
        if (!type_ && !textual) type_ = proto::image_type_named(media_type_);
        if (!type_) {
            const auto said = media_type_.empty() ? "" : " (" + escaped(media_type_) + ")";
            throw Failure(Fault::refused, name_ + (textual ? " is text" + said + ", and no image"
                                                           : " is no known image" + said));
        }
        incoming_.emplace(store_);
        incoming_->write(head_);
    }

    const PictureStore& store_;
    std::string name_, media_type_;
    std::string head_;
    std::optional<proto::ImageType> type_;
    std::optional<PictureStore::Incoming> incoming_;
};

Downloads::Downloads(cli::Context& context, const Parts& parts)
    : context_(context),
      parts_(parts),
      group_(context.executor,
             [this](std::exception_ptr failure) { unexpected_ = std::move(failure); }),
      progress_(context.log, true, std::nullopt) {
    const auto& wanted = parts.page.images();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        Image image;
        image.url = public_text(wanted[i].url);
        image.source = to_string(wanted[i].source);
        images_.push_back(std::move(image));
        names_.push_back(parts.store.reserve(wanted[i].url));
        hosts_[wanted[i].url.authority()].waiting.push_back(i);
    }
    // By turns, so that no host waits for another one's last image.
    for (unsigned round = 0; round < parts.settings.per_host; ++round)
        for (auto& [name, host] : hosts_)
            if (round < host.waiting.size()) turns_.push_back(&host);
}

awaitable<void> Downloads::run() {
    if (parts_.settings.robots) co_await learn_robots();
    const auto workers = std::min<std::size_t>(parts_.settings.connections, turns_.size());
    for (std::size_t i = 0; i < workers; ++i) group_.spawn(work());
    co_await group_.join();
    if (fatal_) throw StoreFailure(*fatal_);
    if (unexpected_ && !co_await net::stop_requested()) std::rethrow_exception(unexpected_);
}

awaitable<void> Downloads::learn_robots() {
    for (const auto& image : parts_.page.images())
        co_await parts_.robots.learn(image.url, parts_.page.reach());
}

awaitable<void> Downloads::work() {
    co_await net::hear_requests_to_stop();
    while (!turns_.empty()) {
        auto& host = *turns_.front();
        turns_.pop_front();
        co_await serve(host);
    }
}

awaitable<void> Downloads::serve(Host& host) {
    while (!host.waiting.empty() && !co_await net::stop_requested()) {
        const auto index = host.waiting.front();
        host.waiting.pop_front();
        const auto begin = std::max(Clock::now(), host.next);
        host.next = begin + parts_.settings.wait;
        if (begin > Clock::now()) co_await net::pause(begin - Clock::now());
        co_await download(index);
    }
}

awaitable<void> Downloads::download(std::size_t index) {
    auto& image = images_[index];
    std::optional<StoreFailure> fatal;
    try {
        co_await ask(index);
    } catch (const StoreFailure& failure) {
        fatal = failure;
    } catch (const Failure& failure) {
        image.result = "failed";
        image.reason = failure.what();
    }
    if (!fatal) co_return report(index);
    if (!fatal_) fatal_ = fatal;
    group_.cancel(asio::cancellation_type::terminal);
}

awaitable<void> Downloads::ask(std::size_t index) {
    auto& image = images_[index];
    const auto& url = parts_.page.images()[index].url;
    if (!url.is_web()) co_return unpack(index);
    if (!parts_.robots.allows(url)) throw Failure(Fault::refused, image.url + " is not for robots");
    const auto response = co_await parts_.client.send(request_for(index));
    if (is_unchanged(*response, index)) co_return;
    if (response->status() / 100 != 2)
        throw Failure(Fault::refused, image.url + ": " + response->status_text());
    const auto time = response->field("last-modified");
    image.etag = response->field("etag");
    image.last_modified = rfc3339(time);
    Receiver receiver(parts_.store, image.url, response->media_type());
    std::uint64_t counted = 0;
    std::function<void(std::string_view)> sink = [&](std::string_view piece) {
        received_ += response->body().size() - std::exchange(counted, response->body().size());
        if (received_ > parts_.settings.max_total.bytes)
            throw StoreFailure(Fault::local, "there is more than --max-total allows");
        receiver.receive(piece);
        progress_.advance(piece.size());
    };
    co_await http::read_content(*response, http::Decoding::yes, parts_.settings.max_size.bytes,
                                std::move(sink));
    auto& incoming = receiver.finish();
    parts_.store.keep(incoming, names_[index], receiver.type(), time, image);
}

// What stands in the page itself.
void Downloads::unpack(std::size_t index) {
    auto& image = images_[index];
    const auto data = proto::read_data_url(parts_.page.images()[index].url);
    constexpr std::size_t shown = 64;
    if (image.url.size() > shown) image.url.replace(shown, image.url.npos, "…");
    if (!data) throw Failure(Fault::refused, image.url + " is no data");
    Receiver receiver(parts_.store, image.url, data->type.essence);
    receiver.receive(data->body);
    auto& incoming = receiver.finish();
    parts_.store.keep(incoming, names_[index], receiver.type(), "", image);
}

http::Request Downloads::request_for(std::size_t index) const {
    auto request = parts_.page.request_for(parts_.page.images()[index].url);
    request.set_field("Accept", "image/*, */*;q=0.5");
    request.set_field("Accept-Encoding", std::string(proto::ContentDecoder::accepted));
    if (const auto* origin = parts_.store.origin_of(images_[index].url)) {
        if (!origin->etag.empty()) request.set_field("If-None-Match", origin->etag);
        if (!origin->last_modified.empty())
            request.set_field("If-Modified-Since", origin->last_modified);
    }
    return request;
}

bool Downloads::is_unchanged(const http::Response& response, std::size_t index) {
    constexpr unsigned not_modified = 304, ok = 200;
    auto& image = images_[index];
    const auto* origin = parts_.store.origin_of(image.url);
    const auto time = response.field("last-modified");
    const auto size = response.body().announced();
    const bool coded = response.head().fields.count("content-encoding") > 0;
    if (response.status() == not_modified && origin) {
        image.file = origin->file;
        image.etag = origin->etag;
        image.last_modified = rfc3339(origin->last_modified);
    } else if (response.status() == ok && !origin && size && !coded &&
               parts_.store.has_same(names_[index], time, *size)) {
        image.file = names_[index];
        image.etag = response.field("etag");
        image.last_modified = rfc3339(time);
    } else {
        return false;
    }
    image.result = "unchanged";
    return true;
}

void Downloads::report(std::size_t index) {
    const auto& image = images_[index];
    const bool json = context_.out.format() == cli::Output::Format::json;
    progress_.say(fmt::format("{} of {} images ", ++done_, images_.size()));
    if (image.result == "failed") context_.log.error(image.reason);
    if (json || image.result != "failed") context_.out.emit(image);
}

}  // namespace nettool::commands
