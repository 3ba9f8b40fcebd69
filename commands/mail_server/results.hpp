#pragma once
// What mail-server says: the dialog line by line, and each message in short and in full.

#include "nettool/proto/mail/mail_record.hpp"

#include <boost/describe/class.hpp>
#include <boost/json/value_from.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::commands {

/// A line of the dialog of one connection.
struct MailDialog {
    static constexpr std::string_view event = "dialog";
    std::uint64_t connection = 0;  // its number; zero where it is over
    std::uint64_t number = 0;      // of the line, from 1
    std::string time;
    std::string speaker;
    std::string text;
    std::string meaning;
    std::string source;
};
BOOST_DESCRIBE_STRUCT(MailDialog, (), (connection, number, time, speaker, text, meaning, source))
std::string print(const MailDialog& line);

/// A message in short.
struct Mail {
    static constexpr std::string_view event = "mail";
    std::uint64_t number = 0;  // its place in the store, from 1; zero where it is not known
    std::string id;
    std::string received;         // RFC 3339
    std::string from;             // of the envelope; empty for `<>`
    std::vector<std::string> to;  // of the envelope
    std::string subject;
    std::uint64_t size_bytes = 0;
    std::string protocol;
    std::string client_address;
    std::string client_name;
    std::string user;
    std::string tls;
    bool seen = false;                     // --wait has taken it
    std::vector<std::string> attachments;  // their names
    std::vector<std::string> defects;
};
BOOST_DESCRIBE_STRUCT(Mail, (),
                      (number, id, received, from, to, subject, size_bytes, protocol,
                       client_address, client_name, user, tls, seen, attachments, defects))
/// A line, and one more for each defect.
std::string print(const Mail& mail);

struct MailHeader {
    std::string name;
    std::string value;  // decoded
};
BOOST_DESCRIBE_STRUCT(MailHeader, (), (name, value))

/// A part that holds something.
struct MailPartInfo {
    std::uint64_t part = 0;  // from 1, for --part
    std::string type;
    std::string name;
    std::uint64_t size_bytes = 0;  // decoded
    bool attachment = false;
};
BOOST_DESCRIBE_STRUCT(MailPartInfo, (), (part, type, name, size_bytes, attachment))

/// A message in full.
struct ShownMail : Mail {
    static constexpr std::string_view event = "message";
    std::vector<MailHeader> headers;
    std::string text;  // of the first part that is plain text
    std::string html;
    std::vector<MailPartInfo> parts;
    std::vector<proto::DialogLine> dialog;
};
BOOST_DESCRIBE_STRUCT(ShownMail, (Mail), (headers, text, html, parts, dialog))
void tag_invoke(boost::json::value_from_tag tag, boost::json::value& value, const ShownMail& mail);
std::string print(const ShownMail& mail);

}  // namespace nettool::commands
