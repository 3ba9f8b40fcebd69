// Recognises TLS and names its records and handshake messages (RFC 8446, 5246, 6066, 7301).

#include "bytes.hpp"
#include "dialects.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nettool::proto {
namespace {

constexpr std::size_t record_header = 5, handshake_header = 4;
constexpr std::size_t max_record = (16UL << 10) + 2048;
constexpr std::size_t max_handshake = 64UL << 10;
constexpr unsigned change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23;
constexpr unsigned client_hello = 1, server_hello = 2;

std::string version_name(unsigned version) {
    switch (version) {
        case 0x0300: return "SSL 3.0";
        case 0x0301: return "1.0";
        case 0x0302: return "1.1";
        case 0x0303: return "1.2";
        case 0x0304: return "1.3";
        default: return fmt::format("{:#06x}", version);
    }
}

std::string cipher_name(unsigned suite) {
    switch (suite) {
        case 0x1301: return "TLS_AES_128_GCM_SHA256";
        case 0x1302: return "TLS_AES_256_GCM_SHA384";
        case 0x1303: return "TLS_CHACHA20_POLY1305_SHA256";
        case 0xc02b: return "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        case 0xc02c: return "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
        case 0xc02f: return "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
        case 0xc030: return "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
        case 0xcca8: return "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256";
        case 0xcca9: return "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
        default: return fmt::format("cipher suite {:#06x}", suite);
    }
}

std::string handshake_name(unsigned type) {
    switch (type) {
        case 0: return "HelloRequest";
        case client_hello: return "ClientHello";
        case server_hello: return "ServerHello";
        case 4: return "NewSessionTicket";
        case 8: return "EncryptedExtensions";
        case 11: return "Certificate";
        case 12: return "ServerKeyExchange";
        case 13: return "CertificateRequest";
        case 14: return "ServerHelloDone";
        case 15: return "CertificateVerify";
        case 16: return "ClientKeyExchange";
        case 20: return "Finished";
        case 22: return "CertificateStatus";
        default: return fmt::format("handshake message {}", type);
    }
}

std::string alert_name(unsigned description) {
    switch (description) {
        case 0: return "close_notify";
        case 10: return "unexpected_message";
        case 20: return "bad_record_mac";
        case 40: return "handshake_failure";
        case 42: return "bad_certificate";
        case 45: return "certificate_expired";
        case 46: return "certificate_unknown";
        case 47: return "illegal_parameter";
        case 48: return "unknown_ca";
        case 50: return "decode_error";
        case 51: return "decrypt_error";
        case 70: return "protocol_version";
        case 80: return "internal_error";
        case 112: return "unrecognized_name";
        case 116: return "certificate_required";
        case 120: return "no_application_protocol";
        default: return fmt::format("{}", description);
    }
}

/// The extensions of a hello, one after the other.
template <class Take>
void each_extension(std::string_view extensions, Take take) {
    while (extensions.size() >= 4) {
        const Bytes bytes(extensions);
        const auto value = extensions.substr(4, bytes.u16(2));
        take(bytes.u16(0), value);
        extensions.remove_prefix(4 + value.size());
    }
}

constexpr unsigned server_name = 0, alpn = 16, supported_versions = 43;

// Behind version, random, session, cipher suites and compression.
std::string client_hello_text(std::string_view body) {
    const Bytes bytes(body);
    std::size_t at = 34;
    at += 1 + bytes.u8(at);
    at += 2 + bytes.u16(at);
    at += 1 + bytes.u8(at);
    std::string name, versions, protocols;
    if (at + 2 > body.size()) return "";
    each_extension(body.substr(at + 2), [&](unsigned type, std::string_view value) {
        const Bytes here(value);
        if (type == server_name && value.size() > 5) name = value.substr(5, here.u16(3));
        for (std::size_t i = 1; type == supported_versions && i + 2 <= value.size(); i += 2)
            if ((here.u8(i) & 15) != 10)  // GREASE (RFC 8701)
                versions += (versions.empty() ? "" : " and ") + version_name(here.u16(i));
        for (std::size_t i = 2; type == alpn && i < value.size(); i += 1 + here.u8(i))
            protocols += fmt::format(" {}", value.substr(i + 1, here.u8(i)));
    });
    std::string text;
    if (!name.empty()) text += ", server name " + name;
    text += ", version " + (versions.empty() ? version_name(bytes.u16(0)) : versions);
    if (!protocols.empty()) text += ", ALPN" + protocols;
    return text;
}

struct ServerHello {
    unsigned version = 0;
    std::string text;
};

ServerHello read_server_hello(std::string_view body) {
    // The random number that makes it a HelloRetryRequest (RFC 8446, section 4.1.3).
    constexpr std::string_view retry("\xcf\x21\xad\x74\xe5\x9a\x61\x11", 8);
    const Bytes bytes(body);
    ServerHello hello{bytes.u16(0), {}};
    const std::size_t at = 35 + bytes.u8(34);
    const auto suite = bytes.u16(at);
    if (at + 5 < body.size())
        each_extension(body.substr(at + 5), [&](unsigned type, std::string_view value) {
            if (type == supported_versions) hello.version = Bytes(value).u16(0);
        });
    if (body.size() > 2 && body.substr(2).starts_with(retry))
        hello.text = " (asks for another hello)";
    hello.text += fmt::format(", version {}, {}", version_name(hello.version), cipher_name(suite));
    return hello;
}

class Tls final : public Dialect {
public:
    std::string_view name() const override { return "TLS"; }
    std::size_t memory() const override {
        return sides_[0].record.capacity() + sides_[0].message.capacity() +
               sides_[1].record.capacity() + sides_[1].message.capacity();
    }

    void read(const Heard& heard, Said& said) override {
        auto& side = sides_[heard.way == Way::to_server ? 0 : 1];
        if (heard.behind_gap) side.lost = true;
        if (side.lost) return;
        side.data_records = side.data_bytes = 0;
        for (auto bytes = heard.bytes; !bytes.empty() && !side.lost;) take_some(side, bytes, said);
        if (side.data_records == 1)
            said.add(fmt::format("TLS application data, {} B", side.data_bytes));
        if (side.data_records > 1)
            said.add(fmt::format("TLS application data, {} records, {} B", side.data_records,
                                 side.data_bytes));
    }

private:
    struct Side {
        std::string record;      // the one that is not whole yet
        std::string message;     // of the handshake
        std::uint64_t skip = 0;  // of application data, which is only counted
        bool encrypted = false;
        bool lost = false;
        std::uint64_t data_records = 0, data_bytes = 0;
    };

    void take_some(Side& side, std::string_view& bytes, Said& said) {
        const auto skipped = std::min<std::uint64_t>(side.skip, bytes.size());
        bytes.remove_prefix(skipped);
        side.skip -= skipped;
        if (bytes.empty()) return;
        const auto wanted = side.record.size() < record_header
                                ? record_header
                                : record_header + Bytes(side.record).u16(3);
        const auto part = bytes.substr(0, wanted - side.record.size());
        side.record += part;
        bytes.remove_prefix(part.size());
        if (side.record.size() < record_header) return;
        const Bytes record(side.record);
        const std::size_t size = record.u16(3);
        const bool known = record.u8(0) >= change_cipher_spec && record.u8(0) <= application_data;
        if (!known || record.u8(1) != 3 || size > max_record) {
            side.lost = true;
            return;
        }
        if (record.u8(0) == application_data) {
            ++side.data_records;
            side.data_bytes += size;
            side.skip = size;
            side.record.clear();
        } else if (side.record.size() == record_header + size) {
            take_record(side, said);
            side.record.clear();
        }
    }

    void take_record(Side& side, Said& said) {
        const auto body = std::string_view(side.record).substr(record_header);
        switch (Bytes(side.record).u8(0)) {
            case change_cipher_spec:
                said.add("TLS ChangeCipherSpec");
                side.encrypted = true;
                return;
            case alert:
                if (body.size() != 2) return said.add("TLS alert (encrypted)");
                return said.add("TLS alert " + alert_name(Bytes(body).u8(1)));
            default:
                if (side.encrypted && version_ < 0x0304)
                    return said.add("TLS Finished (encrypted)");
                take_handshake(side, body, said);
        }
    }

    void take_handshake(Side& side, std::string_view body, Said& said) {
        side.message += body;
        while (side.message.size() >= handshake_header) {
            const Bytes message(side.message);
            const std::size_t size = message.u24(1);
            if (size > max_handshake) side.lost = true;
            if (side.lost || side.message.size() < handshake_header + size) return;
            name_handshake(message.u8(0), std::string_view(side.message).substr(4, size), said);
            side.message.erase(0, handshake_header + size);
        }
    }

    void name_handshake(unsigned type, std::string_view body, Said& said) {
        auto text = "TLS " + handshake_name(type);
        if (type == client_hello) text += client_hello_text(body);
        if (type == server_hello) {
            const auto hello = read_server_hello(body);
            version_ = hello.version;
            text += hello.text;
        }
        said.add(text);
    }

    std::array<Side, 2> sides_;
    unsigned version_ = 0;
};

bool begins_record(std::string_view bytes) {
    const Bytes record(bytes);
    return bytes.size() >= record_header && record.u8(0) == handshake && record.u8(1) == 3 &&
           record.u8(2) <= 4 && record.u16(3) >= handshake_header;
}

}  // namespace

std::unique_ptr<Dialect> recognise_tls(const Opening& opening) {
    const bool hello =
        begins_record(opening.request) && Bytes(opening.request).u8(record_header) == client_hello;
    const bool answer = opening.request.empty() && begins_record(opening.answer) &&
                        Bytes(opening.answer).u8(record_header) == server_hello;
    if (!opening.is_tcp || (!hello && !answer)) return nullptr;
    return std::make_unique<Tls>();
}

}  // namespace nettool::proto
