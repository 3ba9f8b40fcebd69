#include "observers.hpp"

#include <algorithm>

namespace nettool::commands {

using Format = RequestLog::Format;

void Observers::declare(cli::OptionSet& options) {
    options.group("What is seen of it")
        .value("web", web_port_, "PORT",
               "show the requests on a page as they come, to this machine only")
        .value("har", har_path_, "FILE", "write them as an HTTP Archive, without their bodies")
        .choice("log-format", format_, {{"text", Format::text}, {"none", Format::none}},
                "write a line for each request in this format")
        .value("log", log_file_, "FILE", "append these lines to a file instead");
}

void Observers::open(cli::Context& context, proxy::Policy& policy) {
    log_ = std::make_unique<RequestLog>(context, format_, log_file_);
    if (format_ != Format::none) add(*log_);
    if (web_port_) {
        // What everybody asks for is not for everybody to see.
        auto server = cli::Server::local_page(*web_port_);
        server.tell([&policy](const net::Endpoint& place) { policy.listens_on(place); });
        page_ = std::make_unique<LivePage>(context, std::move(server));
        add(*page_);
    }
    if (har_path_.empty()) return;
    har_file_ = std::make_unique<proxy::HarFile>(
        har_path_, [&context](const std::string& why) { context.log.error(why); });
    har_ = std::make_unique<proxy::HarObserver>(*har_file_);
    add(*har_);
}

void Observers::add(proxy::Observer& observer) {
    all_.push_back(&observer);
    wants_heads_ = wants_heads_ || observer.wants_heads();
}

void Observers::begun(const proxy::Transaction& transaction) {
    for (auto* observer : all_) observer->begun(transaction);
}

void Observers::opened(const proxy::Transaction& transaction) {
    for (auto* observer : all_) observer->opened(transaction);
}

void Observers::ended(const proxy::Transaction& transaction) {
    for (auto* observer : all_) observer->ended(transaction);
}

bool Observers::whole() const noexcept {
    return (!log_ || log_->whole()) && (!har_file_ || har_file_->whole());
}

}  // namespace nettool::commands
