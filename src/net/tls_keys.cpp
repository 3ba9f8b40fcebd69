#include "tls_keys.hpp"

#include "nettool/base/failure.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace nettool::net {
namespace {

// Owned by the context, through OpenSSL's ex_data.
struct KeyLogFile {
    int descriptor;
};

void close_file(void*, void* file, CRYPTO_EX_DATA*, int, long, void*) {
    const auto* log = static_cast<KeyLogFile*>(file);
    if (!log) return;
    ::close(log->descriptor);
    delete log;
}

// Indices of our own: Asio owns app_data.
int context_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, &close_file);
    return index;
}

int connection_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

void key_line(const SSL* connection, const char* text) {
    if (auto* listener = static_cast<KeyListener*>(SSL_get_ex_data(connection, connection_index())))
        listener->keys(text);
    const auto* file =
        static_cast<KeyLogFile*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), context_index()));
    if (!file) return;
    const std::string line = std::string(text) + '\n';
    // One write a line: other processes append too.  A full disk must not end the connection.
    if (::write(file->descriptor, line.data(), line.size()) < 0) return;
}

}  // namespace

void log_keys(boost::asio::ssl::context& context, const std::string& file) {
    SSL_CTX_set_keylog_callback(context.native_handle(), &key_line);
    if (file.empty()) return;
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) throw Failure(Fault::local, "write SSLKEYLOGFILE " + file, last_error());
    SSL_CTX_set_ex_data(context.native_handle(), context_index(), new KeyLogFile{descriptor});
}

void listen_for_keys(SSL* connection, KeyListener* listener) {
    SSL_set_ex_data(connection, connection_index(), listener);
}

}  // namespace nettool::net
