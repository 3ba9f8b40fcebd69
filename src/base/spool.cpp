#include "nettool/base/spool.hpp"

#include "nettool/base/failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <unistd.h>

namespace nettool {
namespace {

[[noreturn]] void fail(const char* doing) {
    throw Failure(Fault::local, std::string(doing) + " a temporary file", last_error());
}

template <class T>
std::string_view bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace

Spool::Text Spool::begin() {
    texts_.emplace_back();
    return texts_.size() - 1;
}

void Spool::write(Text text, std::string_view bytes) {
    texts_[text].tail += bytes;
    in_memory_ += bytes.size();
    if (in_memory_ > most_in_memory_) spill();
}

void Spool::spill() {
    if (!file_) file_.reset(std::tmpfile());
    if (!file_) fail("make");
    for (auto& held : texts_) {
        if (held.tail.empty()) continue;
        append(held);
        if (texts_.size() > 1000) held.tail.shrink_to_fit();
    }
    write_at(end_, block_);
    end_ += block_.size();
    block_.clear();
    in_memory_ = 0;
}

void Spool::append(Held& held) {
    const auto at = end_ + block_.size();
    if (held.last == 0)
        held.first = at;
    else
        write_at(held.last, bytes_of(at));
    held.last = at;
    const Piece piece{0, held.tail.size()};
    block_ += bytes_of(piece);
    block_ += held.tail;
    held.tail.clear();
}

void Spool::write_at(std::uint64_t offset, std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto n =
            ::pwrite(::fileno(file_.get()), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno != EINTR) fail("write");
        if (n <= 0) continue;
        bytes.remove_prefix(static_cast<std::size_t>(n));
        offset += static_cast<std::uint64_t>(n);
    }
}

std::string_view Spool::read_at(std::uint64_t offset, std::uint64_t size,
                                std::string& buffer) const {
    buffer.resize(size);
    for (std::size_t at = 0; at < size;) {
        const auto n = ::pread(::fileno(file_.get()), buffer.data() + at, size - at,
                               static_cast<off_t>(offset + at));
        if (n == 0) errno = EIO;
        if (n == 0 || (n < 0 && errno != EINTR)) fail("read");
        if (n > 0) at += static_cast<std::size_t>(n);
    }
    return buffer;
}

void Spool::drain(Text text, const Sink& sink) {
    auto& held = texts_[text];
    std::string buffer;
    for (auto at = std::exchange(held.first, 0); at != 0;) {
        Piece piece;
        read_at(at, sizeof piece, buffer).copy(reinterpret_cast<char*>(&piece), sizeof piece);
        sink(read_at(at + sizeof piece, piece.size, buffer));
        at = piece.next;
    }
    held.last = 0;
    if (!held.tail.empty()) sink(held.tail);
    in_memory_ -= held.tail.size();
    std::string().swap(held.tail);
}

}  // namespace nettool
