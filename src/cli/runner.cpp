#include "nettool/cli/runner.hpp"

#include "common.hpp"
#include "nettool/cli/manual.hpp"
#include "nettool/cli/record.hpp"
#include "nettool/cli/wire_filter.hpp"
#include "nettool/net/task_group.hpp"
#include "nettool/seeing/pcap_tap.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <memory>

namespace nettool::cli {

void CommonOptions::declare(OptionSet& options) {
    using enum seeing::TextTap::Style;
    options.group("Common options")
        .flag("json", json, "write each result as one JSON object on a line")
        .flag("quiet,q", quiet, "write results only")
        .flag("verbose,v", verbose, "say more of what is done")
        .choice("color", color,
                {{"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}},
                "color diagnostics and traces")
        .optional_choice("trace", trace, text, {{"text", text}, {"hex", hex}},
                         "show every message of every connection on standard error")
        .value("pcap", pcap, "FILE",
               "record all that is sent and received as pcapng; -: standard output")
        .flag("pcap-no-keys", pcap_no_keys, "leave the secrets of TLS out of that record")
        .optional_choice("print-filter", print_filter, FilterKind::display,
                         {{"display", FilterKind::display}, {"capture", FilterKind::capture}},
                         "print the filter that shows this traffic, and end")
        .flag("help,h", help, "show this help");
}

Log::Level CommonOptions::level() const {
    if (verbose) return Log::Level::verbose;
    return quiet ? Log::Level::quiet : Log::Level::normal;
}

namespace {

bool wants_color(const CommonOptions& options, const Context& context) {
    if (options.color != Color::automatic) return options.color == Color::always;
    if (context.no_color) return false;
    return context.log.colored() || context.log.sink().is_terminal();
}

// A member of a lab has the lab's level unless it says otherwise.
Log::Level level_of(const CommonOptions& options, const Context& context) {
    return options.quiet || options.verbose ? options.level() : context.log.level();
}

// One line in the log for whatever ended a command.
ExitCode report(std::exception_ptr error, const std::string& name, const Log& log) try {
    std::rethrow_exception(error);
} catch (const FilterPrinted&) {
    return ExitCode::ok;
} catch (const UsageError& wrong) {
    const std::string where = name == "help" ? "" : " " + name;
    log.error(std::string(wrong.what()) + "\nTry 'nettool help" + where + "'.");
    return ExitCode::usage;
} catch (const Failure& failure) {
    log.error(failure.what());
    return exit_code_of(failure.fault());
} catch (const boost::system::system_error& failure) {
    if (failure.code() == asio::error::operation_aborted) return ExitCode::interrupted;
    log.error(failure.code().message());
    return ExitCode::local;
} catch (const std::exception& failure) {
    log.error(failure.what());
    return ExitCode::local;
}

// A command with the options that it and every command has.
struct Prepared {
    std::unique_ptr<Command> command;
    CommonOptions common;
    OptionSet options;

    explicit Prepared(const CommandSpec& spec) : command(spec.make()) {
        command->declare(options);
        common.declare(options);
    }
};

// `chat-server` speaks chat.
std::string protocol_of(const std::string& command) {
    return command.substr(0, command.rfind('-'));
}

std::unique_ptr<seeing::PcapTap> make_record(const CommonOptions& common, const std::string& name,
                                             Context& outer) {
    if (common.pcap.empty()) return nullptr;
    using Secrets = seeing::PcapTap::Secrets;
    return std::make_unique<seeing::PcapTap>(
        outer.executor, protocol_of(name),
        common.pcap_no_keys ? Secrets::left_out : Secrets::included,
        record_to(common.pcap, outer.out.sink()));
}

awaitable<ExitCode> run_reported(Command& command, const std::string& name, Context& context) {
    std::exception_ptr error;
    try {
        co_return co_await command.run(context);
    } catch (...) {
        error = std::current_exception();
    }
    co_return report(error, name, context.log);
}

// A record that is not whole is a failure of its own.
ExitCode finish(seeing::PcapTap& record, ExitCode code, const std::string& name,
                const Log& log) try {
    record.finish();
    return code;
} catch (...) {
    return std::max(code, report(std::current_exception(), name, log));
}

// Runs it in a context of its own, made from the caller's by the common options.
awaitable<ExitCode> run_prepared(Prepared& prepared, const std::string& name, Context& outer) {
    const auto& common = prepared.common;
    const bool colored = wants_color(common, outer);
    const auto format = common.json ? Output::Format::json : outer.out.format();
    // The record and the results cannot both go to standard output.
    auto& results = common.pcap == "-" ? outer.log.sink() : outer.out.sink();
    Output out(results, format, outer.out.member());
    const auto& member = outer.out.member();
    const Log log(outer.log.sink(), level_of(common, outer), member.empty() ? name : member,
                  colored);
    seeing::TextTap tap(common.trace.value_or(seeing::TextTap::Style::text), colored,
                        [&log](std::string_view text) { log.sink().write(text); });
    Context context(outer, out, log);
    context.no_color = outer.no_color || common.color == Color::never;
    if (common.trace) context.taps.messages = &tap;
    if (common.print_filter) context.print_filter = common.print_filter;
    std::unique_ptr<seeing::PcapTap> record;
    try {
        record = make_record(common, name, outer);
    } catch (...) {
        co_return report(std::current_exception(), name, log);
    }
    if (record) context.taps.wire = record.get();
    const auto code = co_await run_reported(*prepared.command, name, context);
    co_return record ? finish(*record, code, name, log) : code;
}

}  // namespace

awaitable<ExitCode> run_command(const CommandSpec& spec, std::vector<std::string> arguments,
                                Context& context) {
    co_await net::hear_requests_to_stop();
    const std::string name(spec.name);
    Prepared prepared(spec);
    try {
        prepared.options.parse(arguments);
    } catch (...) {
        const Log log(context.log.sink(), context.log.level(), name, context.log.colored());
        co_return report(std::current_exception(), name, log);
    }
    if (prepared.common.help) {
        context.out.write(help_text(spec, prepared.options));
        co_return ExitCode::ok;
    }
    co_return co_await run_prepared(prepared, name, context);
}

ExitCode exit_code_of(Fault fault) noexcept {
    switch (fault) {
        case Fault::refused: return ExitCode::refused;
        case Fault::network: return ExitCode::network;
        case Fault::local: break;
    }
    return ExitCode::local;
}

ExitCode settled(ExitCode code, const Sink& results, const Log& log) {
    const auto error = results.error();
    if (!error) return code;
    if (error == boost::system::errc::interrupted) return ExitCode::interrupted;
    if (error != boost::system::errc::broken_pipe)
        log.error("cannot write to standard output: " + error.message());
    return ExitCode::local;
}

OptionSet declared_options(const CommandSpec& spec) {
    Prepared prepared(spec);
    return std::move(prepared.options);
}

}  // namespace nettool::cli
