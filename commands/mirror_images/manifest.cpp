#include "manifest.hpp"

#include "nettool/base/failure.hpp"
#include "nettool/base/file.hpp"

#include <boost/describe/members.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>

#include <filesystem>

namespace nettool::commands {
namespace {

namespace json = boost::json;

constexpr std::uint64_t max_bytes = 256UL * 1024 * 1024;

std::string text_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

}  // namespace

std::vector<Image> read_manifest(const std::string& path) {
    std::vector<Image> images;
    if (!std::filesystem::exists(path)) return images;
    const auto text = read_whole_file(path, max_bytes);
    std::string_view lines(text);
    for (std::size_t number = 1; !lines.empty(); ++number) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        error_code ec;
        const auto value = json::parse(json::string_view(line.data(), line.size()), ec);
        if (ec || !value.is_object())
            throw Failure(Fault::local, path + " is no manifest: line " + std::to_string(number));
        const auto& object = value.as_object();
        Image image;
        image.url = text_of(object, "url");
        image.file = text_of(object, "file");
        image.sha256 = text_of(object, "sha256");
        image.etag = text_of(object, "etag");
        image.last_modified = text_of(object, "last_modified");
        if (const auto* size = object.if_contains("size_bytes"); size && size->is_number())
            image.size_bytes = size->to_number<std::uint64_t>(ec);
        images.push_back(std::move(image));
    }
    return images;
}

void write_manifest(const std::string& path, const std::vector<Image>& images) {
    WholeFile file(path);
    for (const auto& image : images)
        if (!image.result.empty()) file.write(json::serialize(json::value_from(image)) + "\n");
    file.commit();
}

}  // namespace nettool::commands
