#pragma once
// The calls that take bytes to the disk, with what the system says of them.

#include "nettool/base/asio.hpp"
#include "nettool/base/unique_descriptor.hpp"

#include <string>
#include <string_view>

namespace nettool::smtp {

/// A new file of its owner's only; none where the name is taken.
UniqueDescriptor create(const std::string& path);
error_code write_all(int file, std::string_view bytes);
error_code move_file(const std::string& from, const std::string& to);

error_code sync_file(int file);
error_code sync_directory(const std::string& path);
/// Whether a sync of all is as good as that of each file there: not every file system passes it on.
bool can_sync_file_system(const std::string& path);
/// All files of the file system that the directory is on.
error_code sync_file_system(const std::string& path);
/// Whether all of the file could be written, once its file system has been synced.
error_code written_back(int file);

}  // namespace nettool::smtp
