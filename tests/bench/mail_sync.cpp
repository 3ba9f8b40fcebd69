// mail_sync DIRECTORY MAILS: stores mails of 1 KiB one after the other, each taken to the disk for
// itself: file, fdatasync, rename, fsync of the directory.  Prints the microseconds of each.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

void check(bool good, const char* what) {
    if (good) return;
    std::perror(what);
    std::exit(1);
}

void store(const std::string& directory, int folder, const std::string& name,
           const std::string& mail) {
    const auto draft = directory + "/tmp/" + name;
    const int file = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
    check(file >= 0, "open");
    check(write(file, mail.data(), mail.size()) == static_cast<ssize_t>(mail.size()), "write");
    check(fdatasync(file) == 0, "fdatasync");
    close(file);
    check(rename(draft.c_str(), (directory + "/new/" + name).c_str()) == 0, "rename");
    check(fsync(folder) == 0, "fsync");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const std::string directory = argv[1];
    const int mails = std::atoi(argv[2]);
    for (const auto* name : {"", "/tmp", "/new"}) mkdir((directory + name).c_str(), 0700);
    const int folder = open((directory + "/new").c_str(), O_RDONLY | O_DIRECTORY);
    check(folder >= 0, "open");
    const std::string mail(1024, 'x');
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < mails; ++i) store(directory, folder, std::to_string(i), mail);
    const std::chrono::duration<double, std::micro> spent =
        std::chrono::steady_clock::now() - begin;
    std::printf("%.3f\n", spent.count() / mails);
}
