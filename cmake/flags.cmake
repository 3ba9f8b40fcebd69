# Compiler and linker flags: hardening always, sanitizers and warnings as errors on request.
add_library(nettool_flags INTERFACE)
add_library(nettool_warnings INTERFACE)
target_compile_options(nettool_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow)
# g++ 12 mistakes a coroutine frame's own operator delete for a foreign one.
target_compile_options(nettool_warnings INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
if(NETTOOL_WERROR)
  target_compile_options(nettool_warnings INTERFACE -Werror)
endif()

target_compile_definitions(nettool_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_compile_options(nettool_flags INTERFACE
  -ffunction-sections -fdata-sections -fstack-protector-strong)

if(NETTOOL_SANITIZE)
  target_compile_options(nettool_flags INTERFACE
    -fsanitize=${NETTOOL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # clang 14 cannot assemble what -fsanitize=function puts before the parts of a coroutine.
    $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  target_link_options(nettool_flags INTERFACE -fsanitize=${NETTOOL_SANITIZE})
  if(NETTOOL_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(nettool_flags INTERFACE -Wno-tsan)  # Asio's fences; see tests/support/tsan.supp
  endif()
else()
  # Relative relocations (DT_RELR) are what makes a position-independent start cheap.
  target_link_options(nettool_flags INTERFACE
    -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,--as-needed
    -Wl,-z,pack-relative-relocs)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(nettool_flags INTERFACE $<$<NOT:$<BOOL:${NETTOOL_FUZZ}>>:-D_FORTIFY_SOURCE=2>)
    target_link_options(nettool_flags INTERFACE -Wl,-s)
  endif()
endif()

include(CheckPIESupported)
check_pie_supported()
