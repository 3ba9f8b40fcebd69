#pragma once
// A file that a client sends: nothing of it stands under its name before all of it does.

#include "nettool/base/asio.hpp"
#include "nettool/base/digest.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/http/file_root.hpp"
#include "nettool/proto/web/receipt.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

namespace nettool::http {

class IncomingFile {
public:
    /// Throws Failure with the system's reason as its cause, which the others return.
    IncomingFile(std::shared_ptr<const OpenedFile> directory, const std::string& name, bool force)
        : directory_(std::move(directory)) {
        file_.emplace(directory_->descriptor.get(), name,
                      force ? WholeFile::Existing::replace : WholeFile::Existing::keep);
        receipt_.name = name;
    }

    error_code write(std::string_view bytes) try {
        digest_.update(bytes);
        file_->write(bytes);
        receipt_.size += bytes.size();
        return {};
    } catch (const Failure& failure) {
        return failure.cause();
    }

    /// Gives it its name, once the disk has it; may take long.  Where that fails nothing is left.
    error_code commit() try {
        file_->sync();
        file_->commit();
        ::fsync(directory_->descriptor.get());  // the name too, where the file system knows how
        return {};
    } catch (const Failure& failure) {
        file_.reset();
        return failure.cause();
    }

    /// Once all bytes have come.
    const proto::Receipt& receipt() {
        if (receipt_.sha256.empty()) receipt_.sha256 = digest_.finish_raw();
        return receipt_;
    }

private:
    std::shared_ptr<const OpenedFile> directory_;
    std::optional<WholeFile> file_;
    Digest digest_{"sha256"};
    proto::Receipt receipt_;
};

}  // namespace nettool::http
