// send-mail: a message to whoever is to get it, through a server or straight to theirs.

#include "access.hpp"
#include "configuration.hpp"
#include "delivery.hpp"
#include "exchangers.hpp"
#include "letter.hpp"
#include "nettool/base/text.hpp"
#include "nettool/net/resolver.hpp"
#include "place.hpp"
#include "rehearsal.hpp"
#include "results.hpp"

namespace nettool::commands {
namespace {

using cli::ExitCode;

class SendMail final : public cli::Command {
public:
    void declare(cli::OptionSet& options) override {
        options_ = &options;
        letter_.declare(options);
        place_.declare(options);
        access_.declare(options);
        options.group("Delivery")
            .value("config", configuration_, "FILE",
                   "take options from there, a NAME = VALUE on each line")
            .flag("dry-run", dry_run_, "show what would be said, and say it to nobody")
            .value("retry", settings_.retries, "N",
                   "try so often again after a lost connection or a refusal that may pass")
            .value("retry-wait", settings_.wait, "TIME",
                   "wait so long before the first of them, then twice as long")
            .value("count", settings_.count, "N", "send so many, alike, over one connection");
    }

    awaitable<ExitCode> run(cli::Context& context) override {
        configure(context);
        access_.check();
        place_.check(access_.has_user());
        if (settings_.count == 0) throw cli::UsageError("--count: bad value '0' (a number from 1)");
        letter_.sent_by(access_.user());
        co_await letter_.compose(context);
        letter_.set_host(host());
        if (dry_run_) {
            rehearse(context, letter_, place_, access_);
            co_return ExitCode::ok;
        }
        settings_.shows_secrets = access_.shows_secrets();
        settings_.login = co_await access_.login(context);
        const Delivery::Parts parts{context, letter_, place_, settings_};
        if (place_.uses_exchangers()) co_return co_await deliver_to_exchangers(parts);
        std::vector<net::Endpoint> servers;
        servers.push_back(place_.server());
        Delivery delivery(parts, std::move(servers), letter_.recipients());
        co_return co_await delivery.run();
    }

private:
    void configure(cli::Context& context) {
        if (configuration_.empty()) return;
        const auto read = read_configuration(configuration_);
        place_.command_line_is_read();
        for (const auto& setting : read.settings) {
            try {
                take(setting);
            } catch (const cli::UsageError& error) {
                throw cli::UsageError(setting.origin + error.what());
            }
            if (setting.name == "password" && read.others_can_read)
                context.log.notice(escaped(configuration_) +
                                   " holds a password, and others can read it: chmod 600");
        }
    }

    void take(const Configuration::Setting& setting) {
        if (setting.name == "config") throw cli::UsageError("a configuration names no other one");
        if (setting.name == "password") return access_.set_password(setting.value);
        if (!place_.gives_way(setting.name))
            options_->set_unless_given(setting.name, setting.value);
    }

    // Behind the @ of a Message-ID: a name that others use for nothing else.
    std::string host() const {
        auto name = net::own_name();
        const auto& domain = letter_.from().domain;
        const bool usable = !domain.empty() && !letter_.from().has_utf8();
        return name.find('.') == name.npos && usable ? domain : name;
    }

    const cli::OptionSet* options_ = nullptr;
    Letter letter_;
    Place place_;
    Access access_;
    std::string configuration_;
    bool dry_run_ = false;
    DeliverySettings settings_;
};

constexpr cli::Example examples[] = {
    {"nettool send-mail --from ada@example.org --to bob@example.org --subject hello --body hi",
     "to the mail-server of this machine"},
    {"date | nettool send-mail -v --from ada@example.org --to bob@example.org",
     "what is said by whom, and what it means"},
    {"nettool send-mail --from ada@example.org --to bob@example.org --body hi --attach README.md",
     "with a file"},
    {"nettool send-mail --dry-run --provider gmail --user ada@gmail.com --to bob@example.org "
     "--body hi",
     "what would be said to Gmail; without --dry-run it asks for an app password"},
};

}  // namespace

extern constinit const cli::CommandSpec send_mail{
    .name = "send-mail",
    .group = "Mail",
    .summary = "send mail over SMTP",
    .details =
        R"(Sends a message through a server, which is that of this machine unless another one is named, or with --mx
straight to the servers of the recipients. Each recipient's reply is shown; where some are refused the
others still get it, and the exit status is 1. With -v or --trace the dialog is shown line by line, with
what each line means and the RFC that says so; passwords are in neither.

STARTTLS is used where the server offers it, and its certificate has to be believed; only on this machine
it need not be. A password is sent to nobody else than a server whose certificate is believed, unless
--insecure-auth says so. Passwords come from a file, the environment, a program or the terminal.

Text beyond ASCII, long lines and files are encoded as it takes; Date, Message-ID and MIME fields are made
unless --header gives them. A message is never sent twice: where the connection is lost behind its end,
nobody can know, and it is said so.

A configuration file has the names of the options: 'server = mail.example.org', 'user = ada', and
'password = …'; it is told where others can read that. What the command line says goes before it;
where that names a server, all that the file says of one is left out.)",
    .examples = examples,
    .results = &cli::described<SentRecipient, SentMail, FailedMail, DialogLine, MailText>,
    .make = &cli::make<SendMail>,
};

}  // namespace nettool::commands
