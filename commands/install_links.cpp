// install-links: makes a link to nettool for every command, so that each can be called by its name.

#include "nettool/base/failure.hpp"
#include "nettool/cli/command.hpp"
#include "nettool/cli/table.hpp"

#include <filesystem>

namespace nettool::commands {
namespace {

namespace fs = std::filesystem;

struct Link {
    static constexpr std::string_view event = "link";
    std::string path;
    std::string target;
};
BOOST_DESCRIBE_STRUCT(Link, (), (path, target))

std::string print(const Link& link) { return link.path + " -> " + link.target; }

class InstallLinks final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options.operand("DIR", directory_, "where to make them");
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        for (const auto name : cli::command_names()) {
            const auto path = fs::path(directory_) / name;
            make_link(context.program, path);
            Link link;
            link.path = path.string();
            link.target = context.program;
            context.out.emit(link);
        }
        co_return cli::ExitCode::ok;
    }

private:
    // A link of ours is renewed; what somebody else has put there stays.
    static void make_link(const std::string& program, const fs::path& path) {
        std::error_code ec;
        const bool ours =
            fs::is_symlink(path, ec) &&
            fs::path(fs::read_symlink(path, ec)).filename() == fs::path(program).filename();
        if (ours) fs::remove(path, ec);
        fs::create_symlink(program, path, ec);
        if (ec)
            throw Failure(Fault::local,
                          "cannot make the link " + path.string() + ": " + ec.message());
    }

    std::string directory_;
};

constexpr cli::Example examples[] = {
    {"nettool install-links /usr/local/bin", "call each command by its own name"},
};

}  // namespace

extern constinit const cli::CommandSpec install_links{
    .name = "install-links",
    .group = "Tools",
    .summary = "make a link for every command, so that it can be called by its name",
    .details =
        R"(A link called sum-client that leads to nettool runs sum-client. Links of an earlier installation are
renewed; anything else of that name is left alone and reported.)",
    .examples = examples,
    .results = &cli::described<Link>,
    .make = &cli::make<InstallLinks>,
};

}  // namespace nettool::commands
