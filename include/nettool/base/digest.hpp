#pragma once
// Message digests, fed in pieces; OpenSSL computes them.

#include <memory>
#include <string>
#include <string_view>

namespace nettool {

/// Lower-case hex.
std::string hex(std::string_view bytes);

class Digest {
public:
    /// `md5`, `sha256` and what else OpenSSL knows.  Throws Failure (local) for what it does not.
    explicit Digest(const char* name);
    Digest(const Digest&) = delete;
    Digest& operator=(const Digest&) = delete;
    ~Digest();

    void update(std::string_view bytes);
    /// Of all bytes since the beginning or the last call, as lower-case hex; starts anew.
    std::string finish();
    /// The same as bytes.
    std::string finish_raw();

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace nettool
