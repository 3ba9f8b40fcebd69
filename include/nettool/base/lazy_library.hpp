#pragma once
// A shared library that is loaded when it is first wanted, so that no other command pays for it.

#include <memory>
#include <string>

namespace nettool {

/// Stays loaded as long as this lives.
class LazyLibrary {
public:
    /// Throws Failure (local) naming `file` and the Debian package that has it.
    LazyLibrary(const std::string& file, const std::string& package);

    /// A function of it.  Throws Failure (local).
    template <class Function>
    Function* find(const char* name) const {
        return reinterpret_cast<Function*>(address_of(name));
    }

private:
    void* address_of(const char* name) const;

    struct Close {
        void operator()(void* handle) const;
    };
    std::string file_;
    std::unique_ptr<void, Close> handle_;
};

}  // namespace nettool
