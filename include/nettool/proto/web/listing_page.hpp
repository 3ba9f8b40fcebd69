#pragma once
// The listing of a directory, written piece by piece: a page for people and tools, or JSON.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::proto {

struct ListedFile {
    std::string_view name;
    bool is_directory = false;
    std::uint64_t size = 0;
    std::chrono::sys_seconds modified;
};

/// In which order a listing is wanted, and what of it; directories always come first.
struct ListingView {
    enum class Key { name, time, size };

    Key key = Key::name;
    bool descending = false;
    std::string filter;  // part of a name, whatever its ASCII case; empty: all

    /// `sort=-size&filter=a%20b`, as the page's own form has it.
    static ListingView of_query(std::string_view query);

    bool shows(const ListedFile& file) const;
    bool comes_before(const ListedFile& a, const ListedFile& b) const;
};

/// What the page is about, and what else can be done from it.
struct ListingPlace {
    std::vector<std::string> names;  // the way from the root to the directory
    ListingView view;
    bool archives = false;
    std::optional<std::uint64_t> max_upload;  // in bytes, where files may be sent
    bool upload_elsewhere = false;            // behind a password, which `?upload` asks for
};

/// One `<tr>` for each entry, the raw name in its href, the time in ISO form and the exact size
/// beside.  Everything can be done without a script; with them, without a reload.
class HtmlListing {
public:
    explicit HtmlListing(ListingPlace place) : place_(std::move(place)) {}

    std::string head(std::size_t count) const;
    std::string entry(const ListedFile& file) const;
    std::string foot(bool truncated) const;

private:
    std::string toolbar(std::size_t count) const;
    std::string column(ListingView::Key key, std::string_view title) const;

    ListingPlace place_;
};

/// nginx's keys: name, type, mtime, size.  Names that are not UTF-8 are written with U+FFFD.
class JsonListing {
public:
    std::string head(std::size_t count) const;
    std::string entry(const ListedFile& file);
    std::string foot(bool truncated) const;

private:
    bool first_ = true;
};

/// `1 byte`, `999 bytes`; from a KiB on as human_size() has it.
std::string size_in_words(std::uint64_t bytes);

}  // namespace nettool::proto
