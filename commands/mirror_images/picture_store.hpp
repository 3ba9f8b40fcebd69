#pragma once
// The directory in which mirror-images keeps its files: their names, where each came from, and
// equal ones only once.

#include "nettool/base/digest.hpp"
#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"
#include "nettool/base/unique_descriptor.hpp"
#include "nettool/proto/web/image_type.hpp"
#include "nettool/proto/web/url.hpp"
#include "results.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace nettool::commands {

/// Disk and directory: no other image would fare better.
struct StoreFailure : Failure {
    using Failure::Failure;
};

/// Nothing is written outside of the directory, through a link, or over a file that did not come
/// from the same URL.  Used on one strand.
class PictureStore {
public:
    /// Where an image came from, and as of when; as extended attributes of the files say it.
    struct Origin {
        std::string file;
        std::string etag;
        std::string last_modified;  // as the server wrote it
    };

    explicit PictureStore(std::string directory) : path_(std::move(directory)) {}

    /// Makes the directory, if it is not there, and looks at what is in it.  Throws StoreFailure.
    void open();

    /// What an earlier run has said of itself; a file that has changed since is a stranger.
    void remember(const Image& image);

    /// Null where there is none that is still what it was.
    const Origin* origin_of(const std::string& url) const;

    /// A name for what `url` holds that no other image of this run has, in the order of the calls.
    std::string reserve(const proto::Url& url);

    /// Whether there is a file of this name, time and size, where nothing says whence it came.
    bool has_same(const std::string& name, const std::string& last_modified,
                  std::uint64_t size) const;

    /// An image that is being received.  Without keep() nothing has happened.
    class Incoming {
    public:
        explicit Incoming(const PictureStore& store);

        void write(std::string_view bytes);
        std::uint64_t size() const noexcept { return size_; }

    private:
        friend class PictureStore;

        WholeFile file_;
        Digest digest_{"sha256"};
        std::uint64_t size_ = 0;
    };

    /// Gives it a name: that of the file from the same URL, else `reserved` with the extension of
    /// its type, else that with a number.  Fills file, type, size, digest and result of `image`,
    /// whose URL, etag and time are known.  Throws StoreFailure.
    void keep(Incoming& incoming, const std::string& reserved, const proto::ImageType& type,
              const std::string& last_modified, Image& image);

private:
    friend class Incoming;

    bool is_same(const std::string& name, const Image& image) const;
    bool link(const Image& image, const std::string& name) const;
    std::string free_name(const std::string& wanted, const std::string& reserved,
                          const Image& image, bool& there);
    void note_link(const std::string& name, const std::string& note) const;

    std::string path_;
    std::optional<UniqueDescriptor> directory_;
    std::unordered_map<std::string, Origin> origins_;    // by URL
    std::unordered_set<std::string> taken_;              // names in lower case, by this run
    std::unordered_map<std::string, unsigned> numbers_;  // the last one given, by name
    std::map<std::string, std::string> contents_;        // digest to name, of this run
};

}  // namespace nettool::commands
