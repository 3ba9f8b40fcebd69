#pragma once
// send-mail to a server that answers from a script.

#include "support/running_command.hpp"
#include "support/scripted_smtp.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace nettool::test {

using cli::ExitCode;
using Script = ScriptedSmtp::Script;

inline const std::string plain_offer = "250 host";
inline const std::string many_offers =
    "250-host\r\n250-PIPELINING\r\n250-SIZE 100000\r\n250 8BITMIME";

/// A server that takes one message for one recipient.
inline Script willing(const std::string& offers = plain_offer) {
    return {"220 host", offers, "250 ok", "250 ok", "354 go", "250 2.0.0 queued as 1", "221 bye"};
}

class SendMail : public testing::Test {
protected:
    static std::vector<std::string> arguments_for(const ScriptedSmtp& server,
                                                  const std::vector<std::string>& more) {
        std::vector<std::string> arguments = {"--server", server.address(), "--from", "a@x"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto has = [&more](std::string_view name) {
            for (const auto& one : more)
                if (one == name) return true;
            return false;
        };
        if (!has("--to") && !has("--bcc")) arguments.insert(arguments.end(), {"--to", "b@x"});
        if (!has("--body") && !has("--raw") && !has("--html") && !has("--body-file"))
            arguments.insert(arguments.end(), {"--body", "hello"});
        return arguments;
    }

    static Outcome send(const ScriptedSmtp& server, const std::vector<std::string>& more = {},
                        cli::Output::Format format = cli::Output::Format::human) {
        return run_to_end("send-mail", arguments_for(server, more), {}, format);
    }

    /// Refused as usage, without a connection.
    static void expect_usage(std::vector<std::string> arguments, const std::string& words) {
        const auto outcome = run_to_end("send-mail", std::move(arguments));
        EXPECT_EQ(outcome.code, ExitCode::usage) << outcome.log;
        EXPECT_NE(outcome.log.find(words), outcome.log.npos) << outcome.log;
    }

    std::string file(const std::string& name, const std::string& text) const {
        const auto path = directory_.file(name);
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    TemporaryDirectory directory_;
};

inline bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace nettool::test
