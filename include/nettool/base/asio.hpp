#pragma once
// The few Asio and Boost.System names the whole toolkit speaks in.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <cerrno>

namespace nettool {

namespace asio = boost::asio;
using asio::awaitable;
using boost::system::error_code;
using boost::system::result;

/// `reason`: one of errno's values.
inline error_code system_error_of(int reason) noexcept {
    return {reason, boost::system::system_category()};
}

/// What errno says, right after a system call failed.
inline error_code last_error() noexcept { return system_error_of(errno); }

/// Completion token for operations whose failure is an ordinary event:
/// `auto [ec, n] = co_await …(…, no_throw)`.
inline constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

}  // namespace nettool
