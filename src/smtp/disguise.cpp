#include "nettool/smtp/disguise.hpp"

#include "nettool/proto/mail/smtp_secrets.hpp"

#include <memory>

namespace nettool::smtp {

net::Stream::Disguise without_secrets(net::Side side) {
    return [secrets = std::make_shared<proto::SmtpSecrets>(), side](net::Direction direction,
                                                                    std::string_view bytes) {
        const bool ours = direction == net::Direction::out;
        const bool client = ours == (side == net::Side::client);
        return client ? secrets->client(bytes) : secrets->server(bytes);
    };
}

}  // namespace nettool::smtp
