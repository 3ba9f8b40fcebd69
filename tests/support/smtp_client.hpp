#pragma once
// A client's dialog and a server that only reads its answers from a script.

#include "nettool/proto/mail/smtp_client_dialog.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace nettool::test {

class ScriptedDialog {
public:
    using Next = proto::SmtpClientDialog::Next;

    explicit ScriptedDialog(proto::SmtpClientSettings settings = {})
        : dialog(std::move(settings)) {}

    /// What the client says after these answers, a line each behind `|`.
    std::string after(std::string_view replies) {
        proto::SmtpReplyReader reader;
        while (!replies.empty()) {
            if (reader.feed(replies) != proto::SmtpReplyReader::Status::whole) {
                ADD_FAILURE() << "the script holds no reply: " << replies;
                return {};
            }
            dialog.on_reply(reader.take());
        }
        return said();
    }

    std::string said() {
        auto text = dialog.take_text();
        for (std::size_t at = 0; (at = text.find("\r\n")) != text.npos;) text.replace(at, 2, "|");
        return text;
    }

    std::string begin(proto::MailOrder order) {
        dialog.begin(std::move(order));
        return said();
    }

    /// `kind step code`, of what ended it.
    static std::string words(const std::optional<proto::SmtpFailure>& failure) {
        if (!failure) return "none";
        constexpr std::string_view kinds[] = {"refused", "insecure", "lost", "malformed"};
        return std::string(kinds[static_cast<int>(failure->kind)]) + " " +
               std::string(to_string(failure->step)) + " " + std::to_string(failure->code);
    }
    std::string failure() const { return words(dialog.failure()); }

    proto::SmtpClientDialog dialog;
};

inline proto::MailOrder order(std::vector<std::string> to = {"b@x"}) {
    proto::MailOrder order;
    order.from = {"a", "x"};
    for (const auto& address : to) order.to.push_back(*proto::parse_typed_address(address));
    order.size = 38;
    return order;
}

}  // namespace nettool::test
