// sendfile_limit PORT FILE: answers every connection with the file and nothing else but a head:
// what sending it costs at least.
#include <cstdio>
#include <cstdlib>
#include <string>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void answer(int peer, const char* path) {
    char request[4096];
    if (::recv(peer, request, sizeof request, 0) <= 0) return;
    const int file = ::open(path, O_RDONLY);
    struct stat status {};
    ::fstat(file, &status);
    const auto head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
                      std::to_string(status.st_size) + "\r\n\r\n";
    ::send(peer, head.data(), head.size(), MSG_MORE | MSG_NOSIGNAL);
    off_t at = 0;
    while (at<status.st_size&& ::sendfile(peer, file, &at, 1 << 20)> 0) {
    }
    ::close(file);
}

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<unsigned short>(std::atoi(argv[1])));
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&place), sizeof place) != 0) return 1;
    ::listen(listener, 16);
    for (;;) {
        const int peer = ::accept(listener, nullptr, nullptr);
        if (peer < 0) return 1;
        answer(peer, argv[2]);
        ::close(peer);
    }
}
