#include "nettool/net/tls_error.hpp"

#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/sslerr.h>

namespace nettool::net {

bool is_no_tls(const error_code& ec) noexcept {
    if (ec.category() != asio::error::get_ssl_category()) return false;
    return ERR_GET_REASON(static_cast<unsigned long>(ec.value())) == SSL_R_WRONG_VERSION_NUMBER;
}

}  // namespace nettool::net
