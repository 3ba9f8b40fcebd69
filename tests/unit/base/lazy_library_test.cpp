#include "nettool/base/lazy_library.hpp"

#include "nettool/base/failure.hpp"

#include <gtest/gtest.h>

namespace nettool {
namespace {

TEST(LazyLibrary, FindsFunctions) {
    const LazyLibrary library("libm.so.6", "libc6");
    EXPECT_EQ(library.find<double(double)>("floor")(2.5), 2.0);
    EXPECT_THROW(library.find<void()>("no_such_function"), Failure);
}

TEST(LazyLibrary, NamesThePackageOfOneThatIsNotThere) {
    try {
        const LazyLibrary library("libnothing.so.7", "libnothing7");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_STREQ(failure.what(),
                     "cannot load libnothing.so.7: install the package libnothing7");
    }
}

}  // namespace
}  // namespace nettool
