#pragma once
// A file that is a valid HTTP Archive behind every request, whatever becomes of the process.

#include "nettool/base/unique_descriptor.hpp"
#include "nettool/proxy/transaction.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace nettool::proxy {

/// Used from any thread.
class HarFile {
public:
    /// Hears, once, that an entry could not be written; the file is as valid as before then.
    using OnTrouble = std::function<void(const std::string& why)>;

    /// Begins anew what is there, readable by its owner only.  Throws Failure (local).
    HarFile(std::string path, OnTrouble on_trouble);

    void add(const Transaction& transaction);

    /// Whether every entry could be written.
    bool whole() const noexcept { return whole_; }

private:
    error_code append(std::string entry);
    error_code write_at(std::uint64_t offset, std::string_view bytes) const;
    void restore() const;

    std::string path_;
    OnTrouble on_trouble_;
    UniqueDescriptor file_;
    std::mutex mutex_;
    std::uint64_t end_ = 0;  // where the end of the archive stands
    bool is_empty_ = true;
    std::atomic<bool> whole_ = true;
};

class HarObserver final : public Observer {
public:
    explicit HarObserver(HarFile& file) : file_(file) {}

    bool wants_heads() const noexcept override { return true; }
    void begun(const Transaction& /*transaction*/) override {}
    void opened(const Transaction& /*transaction*/) override {}
    void ended(const Transaction& transaction) override { file_.add(transaction); }

private:
    HarFile& file_;
};

}  // namespace nettool::proxy
