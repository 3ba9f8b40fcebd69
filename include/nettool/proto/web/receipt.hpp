#pragma once
// What somebody who has sent files is told of each: as text, as JSON, or as a page.

#include <cstdint>
#include <span>
#include <string>

namespace nettool::proto {

struct Receipt {
    std::string name;
    std::uint64_t size = 0;
    std::string sha256;   // as bytes
    std::string problem;  // why it was not saved; empty: it was
};

/// `saved a.txt: 12 bytes, sha256 …`, one line each.
std::string receipt_text(std::span<const Receipt> receipts);
/// An array of objects with name, saved, size and sha256, or problem.
std::string receipt_json(std::span<const Receipt> receipts);
/// `back`: where the page leads to.
std::string receipt_page(std::span<const Receipt> receipts, std::string_view back);

}  // namespace nettool::proto
