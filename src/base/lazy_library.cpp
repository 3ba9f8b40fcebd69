#include "nettool/base/lazy_library.hpp"

#include "nettool/base/failure.hpp"

#include <dlfcn.h>

namespace nettool {

LazyLibrary::LazyLibrary(const std::string& file, const std::string& package)
    : file_(file), handle_(::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (!handle_)
        throw Failure(Fault::local, "cannot load " + file + ": install the package " + package);
}

void* LazyLibrary::address_of(const char* name) const {
    auto* address = ::dlsym(handle_.get(), name);
    if (!address) throw Failure(Fault::local, file_ + " has no " + name);
    return address;
}

void LazyLibrary::Close::operator()(void* handle) const { ::dlclose(handle); }

}  // namespace nettool
