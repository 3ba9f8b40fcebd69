// spawn COUNT PROGRAM [ARGUMENTS]: starts PROGRAM so often, one after the other.
//
// Prints one JSON object: for each run the microseconds from its start to its end, and the CPU time
// (user and system) of all runs.  The C library starts it like vfork: nothing here is copied.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

static long long microseconds(const timeval& time) {
    return time.tv_sec * 1'000'000LL + time.tv_usec;
}

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: spawn COUNT PROGRAM [ARGUMENTS]\n", stderr);
        return 2;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    long long cpu = 0;
    std::printf(R"({"wall":[)");
    for (int left = std::atoi(argv[1]); left > 0; --left) {
        pid_t child = 0;
        int status = 0;
        rusage used{};
        const auto begin = std::chrono::steady_clock::now();
        if (const int error = posix_spawn(&child, argv[2], &actions, nullptr, argv + 2, environ)) {
            std::fprintf(stderr, "%s: error %d\n", argv[2], error);
            return 1;
        }
        wait4(child, &status, 0, &used);
        const std::chrono::duration<double, std::micro> wall =
            std::chrono::steady_clock::now() - begin;
        if (status != 0) {
            std::fprintf(stderr, "%s: wait status %d\n", argv[2], status);
            return 1;
        }
        std::printf("%.1f%s", wall.count(), left > 1 ? "," : "");
        cpu += microseconds(used.ru_utime) + microseconds(used.ru_stime);
    }
    std::printf("],\"cpu\":%lld}\n", cpu);
}
