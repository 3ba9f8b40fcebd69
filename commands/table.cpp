// Every command, in the order of `nettool help`.  To add one: write commands/<name>.cpp and name it
// here twice.

#include "nettool/cli/table.hpp"

#include "nettool/base/text.hpp"
#include "nettool/cli/suggestion.hpp"

#include <algorithm>

namespace nettool {

namespace commands {
extern const cli::CommandSpec add_client;
extern const cli::CommandSpec add_server;
extern const cli::CommandSpec capture;
extern const cli::CommandSpec chat_client;
extern const cli::CommandSpec chat_server;
extern const cli::CommandSpec completion;
extern const cli::CommandSpec explain;
extern const cli::CommandSpec fetch;
extern const cli::CommandSpec fetch_report;
extern const cli::CommandSpec file_client;
extern const cli::CommandSpec file_server;
extern const cli::CommandSpec greet_client;
extern const cli::CommandSpec greet_server;
extern const cli::CommandSpec help;
extern const cli::CommandSpec install_links;
extern const cli::CommandSpec lab;
extern const cli::CommandSpec list_files;
extern const cli::CommandSpec lookup_client;
extern const cli::CommandSpec lookup_server;
extern const cli::CommandSpec mail_server;
extern const cli::CommandSpec mirror_images;
extern const cli::CommandSpec ping;
extern const cli::CommandSpec ping_server;
extern const cli::CommandSpec proxy_server;
extern const cli::CommandSpec resolve;
extern const cli::CommandSpec send_mail;
extern const cli::CommandSpec serve_http;
extern const cli::CommandSpec sum_client;
extern const cli::CommandSpec sum_server;
extern const cli::CommandSpec udp_log_server;
extern const cli::CommandSpec udp_send;
extern const cli::CommandSpec upper_client;
extern const cli::CommandSpec upper_server;
}  // namespace commands

namespace cli {

std::span<const CommandSpec* const> all_commands() noexcept {
    static constexpr const CommandSpec* table[] = {
        &commands::greet_server,  &commands::greet_client, &commands::udp_log_server,
        &commands::udp_send,      &commands::upper_server, &commands::upper_client,
        &commands::sum_server,    &commands::sum_client,   &commands::lookup_server,
        &commands::lookup_client, &commands::add_server,   &commands::add_client,
        &commands::chat_server,   &commands::chat_client,  &commands::ping_server,
        &commands::file_server,   &commands::file_client,  &commands::ping,
        &commands::resolve,       &commands::serve_http,   &commands::fetch,
        &commands::fetch_report,  &commands::list_files,   &commands::mirror_images,
        &commands::proxy_server,  &commands::mail_server,  &commands::send_mail,
        &commands::capture,       &commands::explain,      &commands::lab,
        &commands::help,          &commands::completion,   &commands::install_links,
    };
    return table;
}

const CommandSpec* find_command(std::string_view name) noexcept {
    const auto table = all_commands();
    const auto it = std::ranges::find(table, name, &CommandSpec::name);
    return it == table.end() ? nullptr : *it;
}

std::vector<std::string_view> command_names() {
    std::vector<std::string_view> names;
    for (const auto* spec : all_commands()) names.push_back(spec->name);
    return names;
}

std::string unknown_command(std::string_view name) {
    std::string text = "unknown command '" + escaped(name) + "'";
    if (const auto near = nearest(name, command_names()); !near.empty())
        text += "; did you mean '" + near + "'?";
    return text;
}

}  // namespace cli
}  // namespace nettool
