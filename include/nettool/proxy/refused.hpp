#pragma once
// Why a proxy does not do what it is asked for.

#include <string>
#include <string_view>

namespace nettool::proxy {

struct Refused {
    unsigned status = 502;
    std::string_view error;  // a word of RFC 9209 §2.3; empty: there is none for this
    std::string why;         // for people, with the offending value, without a full stop
};

}  // namespace nettool::proxy
