#include "access.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/random_hex.hpp"
#include "nettool/base/text.hpp"
#include "nettool/cli/secret_prompt.hpp"
#include "nettool/net/offload.hpp"

#include <array>
#include <cstdio>
#include <memory>

namespace nettool::commands {

using proto::LoginMechanism;

namespace {

constexpr std::size_t longest_secret = 64UL * 1024;

// The first line: files and programs end theirs.
std::string first_line(const std::string& text) {
    auto line = text.substr(0, text.find('\n'));
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::string output_of(const std::string& command) {
    const auto close = [](std::FILE* pipe) { ::pclose(pipe); };
    std::unique_ptr<std::FILE, decltype(close)> pipe(::popen(command.c_str(), "re"), close);
    if (!pipe) throw Failure(Fault::local, "run the command of --password-cmd", last_error());
    std::string text;
    std::array<char, 1024> buffer;
    while (const auto n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) {
        text.append(buffer.data(), n);
        if (text.size() > longest_secret)
            throw Failure(Fault::local, "the command of --password-cmd writes without end");
    }
    if (::pclose(pipe.release()) != 0)
        throw Failure(Fault::local, "the command of --password-cmd failed");
    return text;
}

}  // namespace

void Access::declare(cli::OptionSet& options) {
    options.group("Login")
        .value("user,u", user_, "NAME", "log in as this user")
        .value("password-file", password_file_, "FILE", "with the first line of this file")
        .value("password-env", password_env_, "VARIABLE", "with this variable of the environment")
        .value("password-cmd", password_command_, "COMMAND",
               "with the first line that this command writes; else you are asked")
        .choice("auth", mechanism_,
                {{"auto", std::nullopt},
                 {"plain", LoginMechanism::plain},
                 {"login", LoginMechanism::login},
                 {"cram-md5", LoginMechanism::cram_md5},
                 {"scram-sha-256", LoginMechanism::scram_sha_256},
                 {"xoauth2", LoginMechanism::xoauth2}},
                "log in this way only; xoauth2: the password is a token")
        .flag("insecure-auth", insecure_auth_,
              "log in even where others could read or take the password");
}

void Access::check() const {
    const auto given =
        !password_file_.empty() + !password_env_.empty() + !password_command_.empty();
    if (given > 1)
        throw cli::UsageError(
            "--password-file, --password-env and --password-cmd exclude one another");
    if (given > 0 && user_.empty())
        throw cli::UsageError("--user is missing: whose password is it");
    if (has_control_bytes(user_)) throw cli::UsageError("--user: bad value " + quoted(user_));
}

awaitable<std::string> Access::secret(cli::Context& context) const {
    if (!password_file_.empty())
        co_return first_line(read_whole_file(password_file_, longest_secret));
    if (!password_env_.empty()) {
        auto value = context.environment(password_env_.c_str());
        if (value.empty())
            throw cli::UsageError("--password-env: " + quoted(password_env_) + " is not set");
        co_return value;
    }
    if (!password_command_.empty()) {
        auto job = [command = password_command_] { return output_of(command); };
        co_return first_line(co_await net::offload(std::move(job)));
    }
    if (password_) co_return *password_;
    try {
        co_return co_await cli::ask_secret(context, "Password of " + escaped(user_) + ": ");
    } catch (const Failure& failure) {
        throw Failure(failure.fault(), std::string("no password: ") + failure.what() +
                                           "; --password-file, --password-env or --password-cmd "
                                           "would say it");
    }
}

awaitable<std::optional<proto::Login>> Access::login(cli::Context& context) const {
    if (user_.empty()) co_return std::nullopt;
    proto::Login login;
    login.user = user_;
    login.secret = co_await secret(context);
    login.mechanism = mechanism_;
    login.nonce = random_hex(3);
    co_return login;
}

}  // namespace nettool::commands
