#pragma once
// Results go to standard output, as prose or as one JSON object a line, from the same struct.

#include "nettool/cli/command_spec.hpp"
#include "nettool/cli/sink.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace nettool::cli {

/// A result: a described struct with a JSON event name and a way to be read by people.
template <class T>
concept Result = boost::describe::has_describe_members<T>::value && requires(const T& t) {
    { T::event } -> std::convertible_to<std::string_view>;
    { print(t) } -> std::convertible_to<std::string>;
};

class Output {
public:
    enum class Format { human, json };

    /// `member`: the command of a lab whose output this is, shown on every line; usually empty.
    Output(Sink& sink, Format format, std::string member = {})
        : sink_(&sink), format_(format), member_(std::move(member)) {}

    template <Result T>
    void emit(const T& result) {
        sink_->write(rendered(result));
    }

    /// The same for many, in a single write.
    template <Result T>
    void emit_all(const std::vector<T>& results) {
        std::string text;
        for (const auto& result : results) text += rendered(result);
        if (!text.empty()) sink_->write(text);
    }

    /// Bytes that are themselves the result; also under --json, unescaped.
    void write(std::string_view bytes) { sink_->write(bytes); }

    Format format() const noexcept { return format_; }
    const std::string& member() const noexcept { return member_; }
    Sink& sink() const noexcept { return *sink_; }

private:
    template <Result T>
    std::string rendered(const T& result) const {
        if (format_ == Format::json) return json_line(T::event, boost::json::value_from(result));
        return tagged(print(result));
    }
    std::string json_line(std::string_view event, boost::json::value members) const;
    std::string tagged(std::string text) const;

    Sink* sink_;
    Format format_;
    std::string member_;
};

template <Result T>
ResultSpec described_one() {
    ResultSpec spec{T::event, {}};
    using Members = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                             boost::describe::mod_inherited>;
    boost::mp11::mp_for_each<Members>([&spec](auto member) { spec.keys.push_back(member.name); });
    return spec;
}

/// What a CommandSpec says of the results its command can emit.
template <Result... T>
std::vector<ResultSpec> described() {
    std::vector<ResultSpec> specs;
    (specs.push_back(described_one<T>()), ...);
    return specs;
}

}  // namespace nettool::cli
