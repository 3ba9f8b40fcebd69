# The libraries of Debian 12, linked statically so that one file can be copied to any machine.
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json program_options)
set(OPENSSL_USE_STATIC_LIBS TRUE)
find_package(OpenSSL 3 REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt 9 REQUIRED)

find_path(UNISTRING_INCLUDE_DIR unicase.h REQUIRED)
find_library(UNISTRING_LIBRARY NAMES libunistring.a REQUIRED)
add_library(unistring::unistring UNKNOWN IMPORTED)
set_target_properties(unistring::unistring PROPERTIES
  IMPORTED_LOCATION ${UNISTRING_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${UNISTRING_INCLUDE_DIR})
