#pragma once
// What the inbox answers about mail: a reply for each request, made by reading files.

#include "mail_index.hpp"
#include "nettool/base/unique_descriptor.hpp"
#include "nettool/cli/json_line.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nettool::commands {

/// The path of a message has gone, or all of them have.
struct MailRemoved {
    static constexpr std::string_view event = "removed";
    std::string id;  // empty: all, or as many of them as could be
};
BOOST_DESCRIBE_STRUCT(MailRemoved, (), (id))
std::string print(const MailRemoved& removed);

struct ApiReply {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;       // of a status from 400 on: why
    UniqueDescriptor file;  // or all of a file
    std::uint64_t file_size = 0;
    std::string removed;  // what the other pages have to hear: an event
};

struct ApiRequest {
    std::string method;             // GET, HEAD or DELETE
    std::vector<std::string> path;  // behind `api`
    std::string query;
};

/// Blocks.  Never throws: what cannot be done is a reply, too.
ApiReply answer_api(MailIndex& index, const ApiRequest& request) noexcept;

}  // namespace nettool::commands
