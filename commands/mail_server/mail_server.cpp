// mail-server: takes mail for anybody, shows how it came, and keeps it.

#include "inbox_server.hpp"
#include "injection.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/server.hpp"
#include "nettool/net/task_group.hpp"
#include "reader.hpp"
#include "reception.hpp"
#include "users.hpp"

#include <boost/asio/post.hpp>

namespace nettool::commands {
namespace {

using namespace std::chrono_literals;

enum class Greeting { refuse = 554, later = 421 };

class MailServer final : public cli::Command {
public:
    MailServer() {
        server_.admit(1024, "421 4.3.2 too many connections, try again later\r\n");
        server_.may_upgrade();
    }

    void declare(cli::OptionSet& options) override {
        options.value("store", store_, "DIR", "keep the messages here, as a Maildir")
            .flag("discard", discard_, "keep nothing")
            .flag("explain", explain_,
                  "say what each line of the dialog means, and where that is written")
            .value("web", web_port_, "PORT",
                   "show the inbox to browsers on this port, 0 for any free one")
            .value("exit-after", exit_after_, "N", "end when so many messages have come");
        declare_looking(options);
        declare_users(options);
        declare_limits(options);
        server_.declare(options);
    }

    awaitable<cli::ExitCode> run(cli::Context& context) override {
        check();
        const MailReader reader(context, store_);
        if (list_) {
            reader.list(filter());
            co_return cli::ExitCode::ok;
        }
        if (show_) {
            if ((part_ || source_) && context.out.format() == cli::Output::Format::json)
                throw cli::UsageError("--json does not go with --part and --source");
            reader.show(*show_, shown_as(), part_);
            co_return cli::ExitCode::ok;
        }
        if (wait_) co_return co_await wait(context, reader);
        co_return co_await receive(context);
    }

private:
    void declare_looking(cli::OptionSet& options) {
        options.group("Looking at what has come")
            .flag("list", list_, "list the messages of the store, and end")
            .value("show", show_, "N", "show a message, by its number in the list or its id")
            .value("part", part_, "K", "with --show: the bytes of one of its parts, decoded")
            .flag("source", source_, "with --show: all of its bytes as they came")
            .flag("dialog", dialog_, "with --show: the dialog that brought it")
            .flag("wait", wait_, "wait for a message that nobody has waited for yet, and take it")
            .value("to", to_, "ADDR", "with --list and --wait: to this recipient only")
            .value("subject", subject_, "RE", "with --list and --wait: with such a subject only")
            .value("timeout", timeout_, "TIME",
                   "with --wait: for no longer (default 30s); 0s: for ever");
    }

    void declare_users(cli::OptionSet& options) {
        options.group("Who may send")
            .list("user", users_, "USER:PASSWORD",
                  "let in who knows this password only; others see it in the list of processes")
            .value("user-file", user_file_, "FILE", "the same from a file with a line for each")
            .flag("require-auth", require_auth_, "let in who logs in only, whatever they say")
            .flag("auth-requires-tls", auth_requires_tls_, "take no password in the clear")
            .flag("no-starttls", no_starttls_, "do not offer TLS");
    }

    void declare_limits(cli::OptionSet& options) {
        auto& smtp = session_.smtp;
        options.group("Limits and faults")
            .value("hostname", smtp.host, "NAME", "what the server calls itself")
            .value("max-size", max_size_, "SIZE", "refuse longer messages")
            .value("max-recipients", smtp.max_recipients, "N", "refuse more for one message")
            .value("max-errors", smtp.max_errors, "N", "hang up after so many errors in a row")
            .value("command-time", session_.command_time, "TIME",
                   "hang up on a command that is not whole by then")
            .value("message-time", session_.message_time, "TIME", "the same for a message")
            .flag("strict", session_.strict, "refuse messages whose lines do not end with CR LF")
            .optional_choice("reject-greeting", greeting_, Greeting::refuse,
                             {{"554", Greeting::refuse}, {"421", Greeting::later}},
                             "greet everybody with a refusal")
            .list("inject", inject_, "RULE",
                  "let steps go wrong: 451 2%; latency 300ms, rate 50K; reset, 2 times");
    }

    void check() const {
        if (list_ + wait_ + show_.has_value() > 1)
            throw cli::UsageError("--list, --show and --wait exclude one another");
        const bool looks = list_ || wait_ || show_;
        if (web_port_ && (discard_ || looks))
            throw cli::UsageError("--web does not go with --discard, --list, --show or --wait");
        if (discard_ && looks) throw cli::UsageError("--discard leaves nothing to look at");
        if ((part_ || source_ || dialog_) && !show_)
            throw cli::UsageError("--part, --source and --dialog go with --show");
        if (part_.has_value() + source_ + dialog_ > 1)
            throw cli::UsageError("--part, --source and --dialog exclude one another");
        if ((!to_.empty() || !subject_.empty()) && !list_ && !wait_)
            throw cli::UsageError("--to and --subject go with --list and --wait");
        if (timeout_ && !wait_) throw cli::UsageError("--timeout goes with --wait");
        if (require_auth_ && auth_requires_tls_ && no_starttls_ && !server_.is_tls())
            throw cli::UsageError("nobody could log in: --auth-requires-tls needs TLS");
        if (!is_host(session_.smtp.host))
            throw cli::UsageError("--hostname: bad value " + quoted(session_.smtp.host));
    }

    static bool is_host(const std::string& name) {
        return !name.empty() && name.find_first_of(" \t") == name.npos && escaped(name) == name;
    }

    MailFilter filter() const {
        MailFilter filter;
        filter.to = to_;
        if (subject_.empty()) return filter;
        filter.subject = proto::FaultPattern::compile(subject_);
        if (!filter.subject) throw cli::UsageError("--subject: bad pattern " + quoted(subject_));
        return filter;
    }

    ShownAs shown_as() const {
        if (source_) return ShownAs::source;
        return dialog_ ? ShownAs::dialog : ShownAs::text;
    }

    awaitable<cli::ExitCode> wait(cli::Context& context, const MailReader& reader) const {
        const auto filter = this->filter();
        const smtp::MailStore store(store_);  // the server may be just starting
        const auto time = timeout_.value_or(30s);
        const bool come = co_await reader.wait(filter, time);
        if (come) co_return cli::ExitCode::ok;
        const bool stopped = co_await net::stop_requested();
        if (stopped) co_return cli::ExitCode::interrupted;
        context.log.error("no such message within " + cli::to_string(time));
        co_return cli::ExitCode::network;
    }

    awaitable<cli::ExitCode> receive(cli::Context& context) {
        proto::FaultRules rules(server_.seed());
        add_rules(rules, inject_);
        Reception reception(context, reception_options(context), discard_ ? "" : store_,
                            rules.empty() ? nullptr : &rules);
        std::optional<InboxServer> inbox;
        if (web_port_) inbox.emplace(context, server_.page(*web_port_), store_);
        std::exception_ptr failure;
        net::TaskGroup group(context.executor, [&failure, &group](std::exception_ptr e) {
            failure = e;
            group.cancel(asio::cancellation_type::total);
        });
        reception.on_enough = [&group, executor = context.executor] {
            asio::post(executor, [&group] { group.spawn(end_soon(group)); });
        };
        reception.on_all_said = [&group, executor = context.executor] {
            asio::post(executor, [&group] { group.cancel(asio::cancellation_type::total); });
        };
        if (inbox) {
            reception.on_mail = [&inbox](const Mail& mail) { inbox->notify(mail); };
            server_.tell([&inbox, &group](const net::Endpoint& place) {
                if (inbox->is_first(place)) group.spawn(inbox->serve());
            });
        }
        group.spawn(serve(context, reception, group));
        co_await group.join();
        if (failure) std::rethrow_exception(failure);
        co_return cli::ExitCode::ok;
    }

    // Who has sent the last message may still say goodbye.
    static awaitable<void> end_soon(net::TaskGroup& group) {
        co_await net::hear_requests_to_stop();
        co_await net::pause(1s);
        group.cancel(asio::cancellation_type::total);
    }

    awaitable<void> serve(cli::Context& context, Reception& reception,
                          net::TaskGroup& group) const {
        co_await net::hear_requests_to_stop();
        auto session = [&reception](net::Stream stream) {
            return reception.serve(std::move(stream));
        };
        co_await server_.serve(context, session);
        group.cancel(asio::cancellation_type::total);  // of --once: what is beside it ends, too
    }

    Reception::Options reception_options(const cli::Context& context) {
        Reception::Options options;
        auto& smtp = session_.smtp;
        smtp.max_size = max_size_.bytes;
        smtp.offers_tls = !no_starttls_;
        smtp.auth_needs_tls = auth_requires_tls_;
        smtp.users = sasl_users(users_, user_file_);
        smtp.needs_auth = require_auth_ || !smtp.users.anybody;
        smtp.new_nonce = [host = smtp.host] { return new_nonce(host); };
        if (greeting_) session_.greeting = refusal();
        session_.tls = server_.upgrade(context);
        session_.idle = server_.idle();
        options.session = session_;
        options.prints = context.log.level() != cli::Log::Level::quiet;
        options.explains = explain_;
        options.exit_after = exit_after_;
        return options;
    }

    proto::SmtpReply refusal() const {
        if (*greeting_ == Greeting::later) return {421, {session_.smtp.host + " not now"}};
        return {554, {session_.smtp.host + " takes no mail"}};
    }

    cli::Server server_{2525, 5min};
    std::string store_ = "mail";
    bool discard_ = false;
    bool explain_ = false;
    std::optional<std::uint16_t> web_port_;
    std::uint64_t exit_after_ = 0;
    bool list_ = false;
    std::optional<std::string> show_;
    std::optional<std::uint64_t> part_;
    bool source_ = false;
    bool dialog_ = false;
    bool wait_ = false;
    std::string to_;
    std::string subject_;
    std::optional<std::chrono::milliseconds> timeout_;
    std::vector<std::string> users_;
    std::string user_file_;
    bool require_auth_ = false;
    bool auth_requires_tls_ = false;
    bool no_starttls_ = false;
    cli::Size max_size_{64UL * 1024 * 1024};
    std::optional<Greeting> greeting_;
    std::vector<std::string> inject_;
    smtp::SessionSettings session_;
};

constexpr cli::Example examples[] = {
    {"nettool mail-server --store mail", "take mail on 127.0.0.1:2525 and show how it comes"},
    {"nettool mail-server --web 8025", "the same, and an inbox at http://127.0.0.1:8025/"},
    {"nettool mail-server --store mail --list", "what has come so far"},
    {"nettool mail-server --store mail --show 1", "the first message"},
    {"nettool mail-server --store mail --wait --to b@example.org --timeout 30s --json",
     "in a script: the next message to somebody"},
    {"nettool mail-server --inject 'when rcpt ~ /b@/ then 451 after 1s, 2 times'",
     "see what a client does when it is told to try again"},
};

}  // namespace

extern constinit const cli::CommandSpec mail_server{
    .name = "mail-server",
    .group = "Mail",
    .summary = "take mail for anybody, show how it comes, keep it",
    .details =
        R"(Prints the dialog between the two programs line by line: S: is the server, C: the client, the number
behind # the connection; secrets are left out. Every message is kept byte for byte as a file of a Maildir,
DIR/new, and DIR/envelopes says beside it who brought it, to whom, and how. A client hears 250 only when
both are on the disk. Nothing is ever sent on to anybody.

Everybody may send, and may log in with any password, unless --user names who may. STARTTLS is
offered, with a certificate made when it is first wanted unless --cert is given; --tls speaks it from the
beginning. A message ends with CR LF . CR LF and with nothing else, so that none can be hidden in another.

--list, --show and --wait look at a store, whether a server is running or not. --wait takes the oldest
message that nobody has waited for, so that each is waited for once; it is in DIR/cur then.

With --inject steps go wrong on purpose. A RULE is [when FIELD ~ /RE/ then] ACTION[, ACTION...]
[PERCENT%] [N times]; a FIELD is client (its address, in place of the greeting), command (the line), helo,
mail, rcpt or message (its beginning, when all of it has come); an ACTION is a reply's code, latency TIME,
rate SIZE, reset or close, where code, reset and close may be followed by "after TIME".)",
    .examples = examples,
    .results = &cli::described<cli::Listening, cli::PageListening, MailDialog, Mail, ShownMail>,
    .make = &cli::make<MailServer>,
};

}  // namespace nettool::commands
