#include "nettool/proto/mail/mail_message.hpp"

#include "nettool/base/ascii.hpp"
#include "nettool/base/text.hpp"
#include "nettool/proto/mail/header_text.hpp"
#include "nettool/proto/mail/mail_lines.hpp"
#include "nettool/proto/mail/quoted_printable.hpp"
#include "nettool/proto/web/base64.hpp"
#include "nettool/proto/web/charset.hpp"
#include "nettool/proto/web/content_disposition.hpp"

#include <algorithm>
#include <array>

namespace nettool::proto {
namespace {

constexpr unsigned max_depth = 20;
constexpr std::size_t max_parts = 1000, max_fields = 1000;
constexpr std::size_t longest_line = 998;

bool is_field_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7f; });
}

class Reader {
public:
    std::vector<std::string> defects;

    void read(MailPart& part, std::string_view bytes, unsigned depth) {
        read_fields(part, bytes);
        describe(part);
        part.body = bytes;
        const auto boundary = part.type.find("boundary");
        const bool multipart = part.type.essence.starts_with("multipart/");
        if (!multipart) return;
        if (!boundary || boundary->empty()) return defect("a multipart has no boundary");
        if (depth == max_depth) return defect("parts are nested too deeply");
        split(part, std::string(*boundary), depth);
    }

    void judge(const MailPart& root, std::string_view bytes) {
        for (const auto* name : {"Date", "From"})
            if (!root.find(name)) defect(std::string("there is no ") + name + " field");
        for (const auto* name : {"Date", "From", "Sender", "Reply-To", "To", "Cc", "Subject",
                                 "Message-ID", "MIME-Version", "Content-Type"})
            if (std::ranges::count_if(root.fields, [name](const MailField& field) {
                    return equal_ignoring_case(field.name, name);
                }) > 1)
                defect(std::string("there is more than one ") + name + " field");
        std::size_t long_lines = 0;
        while (!bytes.empty()) long_lines += take_line(bytes).size() > longest_line ? 1 : 0;
        if (long_lines > 0) defect("lines of more than 998 octets: " + std::to_string(long_lines));
    }

private:
    void defect(std::string sentence) {
        constexpr std::size_t most = 100;
        if (defects.size() < most && std::ranges::find(defects, sentence) == defects.end())
            defects.push_back(std::move(sentence));
    }

    // Takes the fields and the empty line behind them off `bytes`.
    void read_fields(MailPart& part, std::string_view& bytes) {
        while (!bytes.empty()) {
            const auto before = bytes;
            const auto line = take_line(bytes);
            if (line.empty()) return;
            if (line.starts_with(' ') || line.starts_with('\t')) {
                go_on(part, line);
            } else if (!read_field(part, line)) {
                // Some programs forget the empty line.
                defect("a line in the header is no field: " + quoted(line));
                bytes = before;
                return;
            }
        }
    }

    // A folded line belongs to the field above it.
    void go_on(MailPart& part, std::string_view line) {
        if (part.fields.empty()) return defect("the first field begins with a blank");
        auto& value = part.fields.back().value;
        const auto* const end = line.data() + line.size();
        value = {value.data(), static_cast<std::size_t>(end - value.data())};
    }

    bool read_field(MailPart& part, std::string_view line) {
        const auto colon = line.find(':');
        if (colon == line.npos) return false;
        const auto name = without_blanks(line.substr(0, colon));
        if (!is_field_name(name)) return false;
        auto value = without_blanks(line.substr(colon + 1));
        if (value.empty()) value = line.substr(line.size());  // a folded line may follow
        if (part.fields.size() < max_fields)
            part.fields.push_back({name, value});
        else
            defect("there are more than 1000 fields");
        return true;
    }

    void describe(MailPart& part) {
        const auto field = part.find("content-type");
        const auto type = parse_mime_type(field.value_or("text/plain"));
        if (field && !type) defect("a Content-Type is not understood: " + quoted(*field));
        part.type = type.value_or(MimeType{"text/plain", {}});
        const auto disposition = part.find("content-disposition").value_or("");
        // Names are read as the web does, and as mail does when they are encoded words all the
        // same.
        std::string unfolded(disposition);
        std::erase_if(unfolded, [](char c) { return c == '\r' || c == '\n'; });
        if (const auto name = disposition_file_name(unfolded))
            part.file_name = field_decoded(*name);
        if (const auto name = part.type.find("name"); name && part.file_name.empty())
            part.file_name = field_decoded(*name);
        const bool inside =
            part.type.essence.starts_with("text/") || part.type.essence.starts_with("multipart/");
        part.is_attachment =
            equal_ignoring_case(
                disposition.substr(0, std::min(disposition.find(';'), disposition.size())),
                "attachment") ||
            !inside;
        judge_encoding(part);
    }

    void judge_encoding(const MailPart& part) {
        constexpr std::array<std::string_view, 5> known = {"7bit", "8bit", "binary",
                                                           "quoted-printable", "base64"};
        const auto encoding =
            ascii_lowered(part.find("content-transfer-encoding").value_or("7bit"));
        if (std::ranges::find(known, encoding) == known.end())
            defect("a transfer encoding is not known: " + quoted(encoding));
    }

    void split(MailPart& part, const std::string& boundary, unsigned depth) {
        const auto delimiter = "--" + boundary;
        auto left = part.body;
        const char* begin = nullptr;  // of the part that is being read
        bool closed = false;
        while (!left.empty() && !closed) {
            const auto* const line_begin = left.data();
            const auto line = take_line(left);
            if (!line.starts_with(delimiter)) continue;
            const auto behind = without_blanks(line.substr(delimiter.size()));
            closed = behind == "--";
            if (!closed && !behind.empty()) continue;
            if (begin) add(part, begin, line_begin, depth);
            begin = left.data();
        }
        if (!begin) return defect("a multipart has no parts");
        if (closed) return;
        defect("a multipart has no end");
        add(part, begin, part.body.data() + part.body.size(), depth);
    }

    // The line end in front of a delimiter belongs to it.
    void add(MailPart& part, const char* begin, const char* end, unsigned depth) {
        if (++parts_ > max_parts) return defect("there are more than 1000 parts");
        std::string_view bytes(begin, static_cast<std::size_t>(end - begin));
        if (bytes.ends_with('\n')) bytes.remove_suffix(1);
        if (bytes.ends_with('\r')) bytes.remove_suffix(1);
        read(part.parts.emplace_back(), bytes, depth + 1);
    }

    std::size_t parts_ = 0;
};

void collect(const MailPart& part, std::vector<const MailPart*>& leaves) {
    if (part.parts.empty()) leaves.push_back(&part);
    for (const auto& inner : part.parts) collect(inner, leaves);
}

}  // namespace

std::optional<std::string_view> MailPart::find(std::string_view name) const noexcept {
    for (const auto& field : fields)
        if (equal_ignoring_case(field.name, name)) return field.value;
    return std::nullopt;
}

std::string MailPart::decoded() const {
    const auto encoding = ascii_lowered(find("content-transfer-encoding").value_or(""));
    if (encoding == "quoted-printable") return quoted_printable_decoded(body);
    if (encoding == "base64") {
        // What is none of it is left out (RFC 2045 §6.8).
        std::string digits(body);
        std::erase_if(digits, [](char c) {
            return !is_ascii_letter(c) && !is_ascii_digit(c) && c != '+' && c != '/';
        });
        while (digits.size() % 4 == 1) digits.pop_back();
        return base64_decoded_leniently(digits).value_or("");
    }
    return std::string(body);
}

std::string MailPart::text() const {
    const auto bytes = decoded();
    const auto charset = type.find("charset");
    // What is said is believed; else it is UTF-8 if it can be.
    return utf8_of(bytes, charset_of_page(bytes, charset ? "text/plain; charset=\"" +
                                                               std::string(*charset) + "\""
                                                         : "text/plain"));
}

std::string MailMessage::shown(std::string_view name) const {
    const auto field = root.find(name);
    return field ? field_decoded(*field) : std::string();
}

const MailPart* MailMessage::first(std::string_view essence) const {
    for (const auto* part : leaves())
        if (part->type.essence == essence && !part->is_attachment) return part;
    return nullptr;
}

std::vector<const MailPart*> MailMessage::leaves() const {
    std::vector<const MailPart*> leaves;
    collect(root, leaves);
    return leaves;
}

MailMessage read_message(std::string_view bytes) {
    MailMessage message;
    Reader reader;
    reader.read(message.root, bytes, 0);
    reader.judge(message.root, bytes);
    message.defects = std::move(reader.defects);
    return message;
}

}  // namespace nettool::proto
