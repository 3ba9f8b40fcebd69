#pragma once
// Reads a message as forgivingly as readers of mail do, and says what is wrong with it (RFC 5322,
// RFC 2045 to 2047).

#include "nettool/proto/web/mime_type.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct MailField {
    std::string_view name;
    std::string_view value;  // as it stands there, folds and all, without blanks at either end
};

/// Refers to the bytes of the message.
struct MailPart {
    std::vector<MailField> fields;
    MimeType type;               // text/plain where nothing is said
    std::string file_name;       // decoded, as it was given; empty where there is none
    bool is_attachment = false;  // Content-Disposition says so, or it is neither text nor multipart
    std::string_view body;       // still encoded
    std::vector<MailPart> parts;

    /// The first of this name, in any case.
    std::optional<std::string_view> find(std::string_view name) const noexcept;
    /// With its transfer encoding taken off.
    std::string decoded() const;
    /// The same as UTF-8, for a text.
    std::string text() const;
};

struct MailMessage {
    MailPart root;
    std::vector<std::string> defects;  // a sentence each, without a full stop

    /// A field of the message, decoded for people; empty where there is none.
    std::string shown(std::string_view name) const;
    /// The first part of this type that is no attachment; null if there is none.
    const MailPart* first(std::string_view essence) const;
    /// All parts that hold something, in their order: what --part and the inbox count.
    std::vector<const MailPart*> leaves() const;
};

/// Total over any bytes, which outlive the message.  Parts are nested no deeper than 20, and no
/// more than 1000 of them are told apart; what is beyond that is text.
MailMessage read_message(std::string_view bytes);

}  // namespace nettool::proto
