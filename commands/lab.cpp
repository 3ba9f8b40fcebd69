// lab: runs several commands in one process, on the io_context it is itself running on.
//
// A command knows nothing but its Context, so a lab is a task group of run_command() calls, each
// on a strand of its own; main is the same thing with one member.

#include "nettool/cli/runner.hpp"
#include "nettool/cli/table.hpp"
#include "nettool/cli/words.hpp"
#include "nettool/net/task_group.hpp"

#include <boost/asio/strand.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace nettool::commands {
namespace {

using cli::ExitCode;

struct Member {
    static constexpr std::string_view event = "lab-member";
    std::string member;
    int exit_status = 0;
};
BOOST_DESCRIBE_STRUCT(Member, (), (member, exit_status))

std::string print(const Member& m) {
    return fmt::format("{} ended with status {}", m.member, m.exit_status);
}

struct Plan {
    const cli::CommandSpec* spec;
    std::vector<std::string> arguments;
    std::string tag;  // the command's name, numbered where there are several
};

Plan plan_of(const std::string& line) {
    auto words = cli::split_words(line);
    if (words.empty()) throw cli::UsageError("an empty command line");
    const auto* spec = cli::find_command(words.front());
    if (!spec) throw cli::UsageError(cli::unknown_command(words.front()));
    words.erase(words.begin());
    return {spec, std::move(words), std::string(spec->name)};
}

std::vector<Plan> plans_of(const std::vector<std::string>& lines) {
    std::vector<Plan> plans;
    for (const auto& line : lines) {
        auto plan = plan_of(line);
        const auto same = std::ranges::count(plans, plan.spec, &Plan::spec);
        if (same > 0) plan.tag += "-" + std::to_string(same + 1);
        plans.push_back(std::move(plan));
    }
    return plans;
}

class Lab final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operands("COMMAND", lines_, "a command line, without the leading nettool", 1);
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        auto plans = plans_of(lines_);
        // Each written by its member, read after join; one that breaks off leaves what is there.
        std::vector<int> statuses(plans.size(), static_cast<int>(ExitCode::local));
        const auto failed = [&context](std::exception_ptr) {
            context.log.error("a member broke off");
        };
        net::TaskGroup members(context.executor, failed);
        for (std::size_t i = 0; i < plans.size(); ++i) {
            const asio::any_io_executor strand = asio::make_strand(context.pool);
            members.spawn(strand, run_member(std::move(plans[i]), context, strand, statuses[i]));
        }
        co_await members.join();
        co_return ExitCode{*std::ranges::max_element(statuses)};
    }

private:
    static awaitable<void> run_member(Plan plan, const cli::Context& lab,
                                      asio::any_io_executor strand, int& status) {
        cli::Output out(lab.out.sink(), lab.out.format(), plan.tag);
        cli::Context context(lab, out, lab.log);
        context.executor = strand;
        const auto code = co_await cli::run_command(*plan.spec, std::move(plan.arguments), context);
        status = static_cast<int>(code);
        Member member;
        member.member = plan.tag;
        member.exit_status = status;
        lab.out.emit(member);
    }

    std::vector<std::string> lines_;
};

constexpr cli::Example examples[] = {
    {"nettool lab greet-server upper-server sum-server", "three servers in one process"},
    {"nettool lab 'sum-server --port 7001 --once' 'sum-client 127.0.0.1 7001 1 2 --retry-connect "
     "2s'",
     "a server and its client"},
};

}  // namespace

extern constinit const cli::CommandSpec lab{
    .name = "lab",
    .group = "Tools",
    .summary = "run several commands in one process",
    .details =
        R"(Starts every given command line on one event loop, marks each line of their results with the name of
the command, stops them together, and ends with the highest of their statuses.)",
    .examples = examples,
    .results = &cli::described<Member>,
    .make = &cli::make<Lab>,
};

}  // namespace nettool::commands
