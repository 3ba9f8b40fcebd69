#pragma once
// The list that mirror-images keeps of what it has, one JSON object a line.

#include "results.hpp"

#include <string>
#include <vector>

namespace nettool::commands {

/// None where there is no such file.  Throws Failure (local) for what is no manifest.
std::vector<Image> read_manifest(const std::string& path);

/// Throws Failure (local).
void write_manifest(const std::string& path, const std::vector<Image>& images);

}  // namespace nettool::commands
