# The libraries of Debian 12, linked statically so that one file can be copied to any machine.
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json program_options)
set(OPENSSL_USE_STATIC_LIBS TRUE)
find_package(OpenSSL 3 REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt 9 REQUIRED)

# static_library(NAME HEADER): the target NAME::NAME, made of libNAME.a.
function(static_library name header)
  string(TOUPPER ${name} upper)
  find_path(${upper}_INCLUDE_DIR ${header} REQUIRED)
  find_library(${upper}_LIBRARY NAMES lib${name}.a REQUIRED)
  add_library(${name}::${name} UNKNOWN IMPORTED)
  set_target_properties(${name}::${name} PROPERTIES
    IMPORTED_LOCATION ${${upper}_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${${upper}_INCLUDE_DIR})
endfunction()

static_library(unistring unicase.h)
static_library(idn2 idn2.h)
target_link_libraries(idn2::idn2 INTERFACE unistring::unistring)
static_library(gumbo gumbo.h)
static_library(z zlib.h)
static_library(brotlicommon brotli/types.h)
static_library(brotlidec brotli/decode.h)
target_link_libraries(brotlidec::brotlidec INTERFACE brotlicommon::brotlicommon)
static_library(zstd zstd.h)
static_library(tinfo term.h)
static_library(md md5.h)
static_library(bsd bsd/string.h)
target_link_libraries(bsd::bsd INTERFACE md::md)
static_library(edit histedit.h)
target_link_libraries(edit::edit INTERFACE tinfo::tinfo bsd::bsd)

# Loaded at first use, for few commands want it: only its header is needed here.
find_path(PCAP_INCLUDE_DIR pcap/pcap.h REQUIRED)
