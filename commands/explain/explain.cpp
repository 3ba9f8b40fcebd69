// explain: tells what the packets of a capture file mean, as a ladder for each conversation.

#include "explanation.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/cli/input_file.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/proto/wire/capture_reader.hpp"
#include "page.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <vector>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;

class Explain final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("FILE", files_, "pcapng or pcap; - is standard input", 1)
            .value("conversation", choice_.only, "N", "explain the Nth conversation only")
            .flag("html", html_, "write a page for the browser or the printer")
            .value("max-conversations", choice_.max_conversations, "N",
                   "leave out further ones; each takes about a KiB of memory");
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        const bool json = context.out.format() == cli::Output::Format::json;
        if (html_ && json) throw cli::UsageError("--html does not go with --json");
        using Form = Explanation::Form;
        choice_.form = json ? Form::json : html_ ? Form::page : Form::ladder;
        if (html_) context.out.write(page_head(files_.size() == 1 ? files_[0] : "Captures"));
        for (const auto& file : files_) co_await explain(context, file);
        if (html_) context.out.write(page_foot());
        co_return worst_;
    }

private:
    awaitable<void> explain(cli::Context& context, const std::string& path) {
        cli::InputFile input(context, path);
        Explanation explanation(context, input.name(), choice_);
        proto::CaptureReader reader;
        std::vector<char> chunk(256UL << 10);
        while (!reader.ended()) {
            explanation.flush();
            const auto size = co_await input.read(asio::buffer(chunk));
            if (size == 0) reader.end();
            reader.feed({chunk.data(), size});
            while (const auto packet = reader.next()) explanation.add(*packet);
            co_await asio::post(context.executor, asio::use_awaitable);
            const bool stopped = co_await net::stop_requested();
            if (stopped) throw boost::system::system_error(asio::error::operation_aborted);
        }
        if (files_.size() > 1 && choice_.form != Explanation::Form::json)
            context.out.write(html_ ? page_file(input.name()) : "== " + input.name() + "\n");
        explanation.finish();
        judge(context, reader, explanation, input.name());
    }

    void judge(const cli::Context& context, const proto::CaptureReader& reader,
               const Explanation& explanation, const std::string& name) {
        if (!explanation.found()) {
            context.log.error(fmt::format("{} has no conversation {}, only {}", name, choice_.only,
                                          explanation.conversations()));
            if (worst_ == ExitCode::ok) worst_ = ExitCode::refused;
        }
        if (reader.trouble().empty()) return;
        context.log.error(name + ": " + reader.trouble());
        worst_ = ExitCode::local;
    }

    std::vector<std::string> files_;
    Explanation::Choice choice_;
    bool html_ = false;
    ExitCode worst_ = ExitCode::ok;
};

constexpr cli::Example examples[] = {
    {"nettool sum-client --pcap sum.pcapng 12 30; nettool explain sum.pcapng",
     "record a conversation, and have it explained"},
    {"nettool sum-client --pcap s.pcapng 12 30; nettool explain --html s.pcapng > s.html",
     "a page to look at in the browser"},
    {"nettool ping -c 1 -q --pcap ping.pcapng; nettool explain --json ping.pcapng",
     "an object for every packet and every conversation"},
};

}  // namespace

extern constinit const cli::CommandSpec explain{
    .name = "explain",
    .group = "Seeing the wire",
    .summary = "tell what the packets of a capture file mean",
    .details =
        R"(Draws each conversation of a pcapng or pcap file as a ladder: who is client and server, the handshake, the
text of every packet, what it says in HTTP, TLS, SMTP, DNS or one of the exercises, and its end. A
retransmission is one whose bytes were sent before; an answer of an exercise is right or wrong. With
--html the ladders are a page, with --json each packet is one object and each conversation one
more. A file that is cut off is explained up to there; the status is then 4.)",
    .examples = examples,
    .results = &cli::described<seeing::PacketReport, seeing::ConversationReport>,
    .make = &cli::make<Explain>,
};

}  // namespace nettool::commands
