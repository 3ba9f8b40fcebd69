#include "archive_writer.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/lazy_library.hpp"

#include <clocale>

#include <archive.h>
#include <archive_entry.h>

namespace nettool::http {
namespace {

/// The functions of libarchive that are used here.
struct Functions {
    LazyLibrary library{"libarchive.so.13", "libarchive13"};

    template <class Function>
    Function* find(const char* name) const {
        return library.find<Function>(name);
    }
    decltype(::archive_write_new)* write_new =
        find<decltype(::archive_write_new)>("archive_write_new");
    decltype(::archive_write_free)* write_free =
        find<decltype(::archive_write_free)>("archive_write_free");
    decltype(::archive_write_set_format_pax_restricted)* write_set_format_pax_restricted =
        find<decltype(::archive_write_set_format_pax_restricted)>(
            "archive_write_set_format_pax_restricted");
    decltype(::archive_write_set_format_zip)* write_set_format_zip =
        find<decltype(::archive_write_set_format_zip)>("archive_write_set_format_zip");
    decltype(::archive_write_set_bytes_in_last_block)* write_set_bytes_in_last_block =
        find<decltype(::archive_write_set_bytes_in_last_block)>(
            "archive_write_set_bytes_in_last_block");
    decltype(::archive_write_open2)* write_open2 =
        find<decltype(::archive_write_open2)>("archive_write_open2");
    decltype(::archive_write_header)* write_header =
        find<decltype(::archive_write_header)>("archive_write_header");
    decltype(::archive_write_data)* write_data =
        find<decltype(::archive_write_data)>("archive_write_data");
    decltype(::archive_write_close)* write_close =
        find<decltype(::archive_write_close)>("archive_write_close");
    decltype(::archive_error_string)* error_string =
        find<decltype(::archive_error_string)>("archive_error_string");
    decltype(::archive_entry_new)* entry_new =
        find<decltype(::archive_entry_new)>("archive_entry_new");
    decltype(::archive_entry_free)* entry_free =
        find<decltype(::archive_entry_free)>("archive_entry_free");
    decltype(::archive_entry_set_pathname)* entry_set_pathname =
        find<decltype(::archive_entry_set_pathname)>("archive_entry_set_pathname");
    decltype(::archive_entry_set_size)* entry_set_size =
        find<decltype(::archive_entry_set_size)>("archive_entry_set_size");
    decltype(::archive_entry_set_filetype)* entry_set_filetype =
        find<decltype(::archive_entry_set_filetype)>("archive_entry_set_filetype");
    decltype(::archive_entry_set_perm)* entry_set_perm =
        find<decltype(::archive_entry_set_perm)>("archive_entry_set_perm");
    decltype(::archive_entry_set_mtime)* entry_set_mtime =
        find<decltype(::archive_entry_set_mtime)>("archive_entry_set_mtime");
};

// Names are UTF-8 whatever the locale of the process is, which stays as it is.
class InUtf8 {
public:
    explicit InUtf8(locale_t locale) : before_(::uselocale(locale)) {}
    InUtf8(const InUtf8&) = delete;
    InUtf8& operator=(const InUtf8&) = delete;
    ~InUtf8() { ::uselocale(before_); }

private:
    locale_t before_;
};

struct Locale {
    locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    Locale() = default;
    Locale(const Locale&) = delete;
    Locale& operator=(const Locale&) = delete;
    ~Locale() {
        if (utf8) ::freelocale(utf8);
    }
};

}  // namespace

class ArchiveWriter::State {
public:
    explicit State(Kind kind) : archive_(lib_.write_new()) {
        const InUtf8 names(locale_.utf8);
        if (!archive_) throw Failure(Fault::local, "no memory for an archive");
        check(kind == Kind::tar ? lib_.write_set_format_pax_restricted(archive_)
                                : lib_.write_set_format_zip(archive_));
        // A tar ends at a whole record, as it always did; a zip just ends.
        if (kind == Kind::zip) check(lib_.write_set_bytes_in_last_block(archive_, 1));
        check(lib_.write_open2(archive_, this, nullptr, &State::take, nullptr, nullptr));
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        discards_ = true;  // it would fill up an entry that is not whole
        if (archive_) lib_.write_free(archive_);
    }

    void add(const std::string& path, unsigned type, std::uint64_t size,
             std::chrono::sys_seconds modified) {
        constexpr int readable = 0644, searchable = 0755;
        const InUtf8 names(locale_.utf8);
        const std::unique_ptr<archive_entry, decltype(lib_.entry_free)> entry(lib_.entry_new(),
                                                                              lib_.entry_free);
        if (!entry) throw Failure(Fault::local, "no memory for an archive");
        lib_.entry_set_pathname(entry.get(), path.c_str());
        lib_.entry_set_size(entry.get(), static_cast<la_int64_t>(size));
        lib_.entry_set_filetype(entry.get(), type);
        lib_.entry_set_perm(entry.get(), type == AE_IFDIR ? searchable : readable);
        lib_.entry_set_mtime(entry.get(), modified.time_since_epoch().count(), 0);
        check(lib_.write_header(archive_, entry.get()));
    }

    void data(std::string_view bytes) {
        const InUtf8 names(locale_.utf8);
        const auto n = lib_.write_data(archive_, bytes.data(), bytes.size());
        if (n < 0 || static_cast<std::size_t>(n) != bytes.size()) check(ARCHIVE_FATAL);
    }

    void finish() {
        const InUtf8 names(locale_.utf8);
        check(lib_.write_close(archive_));
    }

    std::string packed;

private:
    static la_ssize_t take(archive*, void* self, const void* bytes, std::size_t size) {
        auto& state = *static_cast<State*>(self);
        if (state.discards_) return -1;
        state.packed.append(static_cast<const char*>(bytes), size);
        return static_cast<la_ssize_t>(size);
    }

    // A warning is about a name that is no UTF-8, which is packed as it is.
    void check(int status) const {
        if (status >= ARCHIVE_WARN) return;
        const char* why = lib_.error_string(archive_);
        throw Failure(Fault::local,
                      std::string("cannot pack: ") + (why ? why : "libarchive fails"));
    }

    Functions lib_;
    Locale locale_;
    archive* archive_;
    bool discards_ = false;
};

ArchiveWriter::ArchiveWriter(Kind kind) : state_(std::make_unique<State>(kind)) {}
ArchiveWriter::~ArchiveWriter() = default;

void ArchiveWriter::add_directory(const std::string& path, std::chrono::sys_seconds modified) {
    state_->add(path + "/", AE_IFDIR, 0, modified);
}

void ArchiveWriter::begin_file(const std::string& path, std::uint64_t size,
                               std::chrono::sys_seconds modified) {
    state_->add(path, AE_IFREG, size, modified);
}

void ArchiveWriter::data(std::string_view bytes) { state_->data(bytes); }
void ArchiveWriter::finish() { state_->finish(); }
std::string& ArchiveWriter::packed() noexcept { return state_->packed; }

}  // namespace nettool::http
