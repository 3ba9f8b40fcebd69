#include "nettool/net/strand.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

namespace nettool::net {

asio::any_io_executor new_strand(const asio::any_io_executor& pool) {
    const auto* context = pool.target<asio::io_context::executor_type>();
    if (context) return asio::make_strand(*context);
    return asio::make_strand(pool);
}

}  // namespace nettool::net
