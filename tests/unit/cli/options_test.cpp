#include "nettool/cli/options.hpp"

#include <gtest/gtest.h>

namespace nettool::cli {
namespace {

enum class Shade { automatic, always, never };
enum class Style { text, hex };

struct Line {
    std::uint16_t port = 5001;
    std::chrono::milliseconds idle{60'000};
    Size size{1024};
    std::string host = "127.0.0.1", log;
    std::optional<int> limit;
    std::vector<std::string> headers, operands;
    Shade shade = Shade::automatic;
    std::optional<Style> trace;
    bool json = false, verbose = false;
    OptionSet options;

    explicit Line(bool numbers = false) {
        options.value("port,p", port, "N", "port")
            .value("idle", idle, "TIME", "idle")
            .value("size", size, "SIZE", "size")
            .value("host", host, "TEXT", "host")
            .value("log", log, "FILE", "log")
            .value("limit", limit, "N", "limit")
            .list("header,H", headers, "LINE", "header")
            .choice(
                "color", shade,
                {{"auto", Shade::automatic}, {"always", Shade::always}, {"never", Shade::never}},
                "color")
            .optional_choice("trace,t", trace, Style::text,
                             {{"text", Style::text}, {"hex", Style::hex}}, "trace")
            .flag("json", json, "json")
            .flag("verbose,v", verbose, "verbose")
            .flag("ipv4,4", verbose, "v4")
            .operands("FILE", operands, "files");
        if (numbers) options.numbers_are_operands();
    }
};

std::string complaint(const std::vector<std::string>& arguments) {
    Line line;
    try {
        line.options.parse(arguments);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Options, KeepTheirDefaults) {
    Line line;
    line.options.parse({});
    EXPECT_EQ(line.port, 5001);
    EXPECT_FALSE(line.limit);
    EXPECT_FALSE(line.trace);
}

TEST(Options, TakeEveryUsualSpelling) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"--port", "80"}, {"--port=80"}, {"-p", "80"}, {"-p80"}, {"-vp", "80"}, {"-vp80"}}) {
        Line line;
        line.options.parse(arguments);
        EXPECT_EQ(line.port, 80) << arguments[0];
    }
}

TEST(Options, TakeTheNextWordWhateverItLooksLike) {
    Line line;
    line.options.parse({"--host", "-v", "-H", "--json", "--limit", "-5"});
    EXPECT_EQ(line.host, "-v");
    EXPECT_EQ(line.headers, std::vector<std::string>{"--json"});
    EXPECT_EQ(line.limit, -5);
    EXPECT_FALSE(line.verbose);
    EXPECT_FALSE(line.json);
}

TEST(Options, TakeAnEmptyValue) {
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"--host="}, {"--host", ""}}) {
        Line line;
        line.options.parse(arguments);
        EXPECT_EQ(line.host, "") << arguments[0];
    }
}

TEST(Options, LeaveOperandsAlone) {
    Line line;
    line.options.parse({"a", "-", "-1.5", "--", "--json", "-v"});
    EXPECT_EQ(line.operands, (std::vector<std::string>{"a", "-", "-1.5", "--json", "-v"}));
    EXPECT_FALSE(line.json);
}

TEST(Options, TakeADigitForANumberOnlyWhereNumbersAreOperands) {
    Line option, number(true);
    option.options.parse({"-4"});
    EXPECT_TRUE(option.verbose);
    number.options.parse({"-4", "-42"});
    EXPECT_FALSE(number.verbose);
    EXPECT_EQ(number.operands, (std::vector<std::string>{"-4", "-42"}));
}

TEST(Options, TakeAnOptionalWordOnlyBehindAnEqualsSign) {
    Line plain, named;
    plain.options.parse({"--trace", "hex"});
    EXPECT_EQ(plain.trace, Style::text);
    EXPECT_EQ(plain.operands, std::vector<std::string>{"hex"});
    named.options.parse({"--trace=hex", "b"});
    EXPECT_EQ(named.trace, Style::hex);
    EXPECT_EQ(named.operands, std::vector<std::string>{"b"});
}

TEST(Options, LeaveTheWordBehindABundleAloneThatEndsInAnOptionalWord) {
    for (const auto* bundle : {"-t", "-vt", "-tv"}) {
        Line line;
        line.options.parse({bundle, "hex", "-1"});
        EXPECT_EQ(line.trace, Style::text) << bundle;
        EXPECT_EQ(line.operands, (std::vector<std::string>{"hex", "-1"})) << bundle;
    }
}

TEST(Options, TakeAValueBehindABundleWhateverItLooksLike) {
    Line line;
    line.options.parse({"-vH", "--json", "-H-v", "--host", "--"});
    EXPECT_EQ(line.headers, (std::vector<std::string>{"--json", "-v"}));
    EXPECT_EQ(line.host, "--");
    EXPECT_TRUE(line.verbose);
    EXPECT_FALSE(line.json);
}

TEST(Options, CollectWhatMayBeRepeated) {
    Line line;
    line.options.parse({"-H", "a", "--header=b"});
    EXPECT_EQ(line.headers, (std::vector<std::string>{"a", "b"}));
}

struct Complaint {
    std::vector<std::string> arguments;
    std::string text;
};

const Complaint complaints[] = {
    {{"--prot", "1"}, "unknown option '--prot'; did you mean '--port'?"},
    {{"--xyzzy"}, "unknown option '--xyzzy'"},
    {{"-x"}, "unknown option '-x'"},
    {{"--por=1"}, "unknown option '--por'; did you mean '--port'?"},
    {{"--\x1b[2J"}, "unknown option '--\\x1b[2J'"},
    {{"--port", "1", "--port", "2"}, "--port given twice"},
    {{"--port"}, "--port needs a value"},
    {{"--json=1"}, "--json takes no value"},
    {{"--json="}, "--json takes no value"},
    {{"-v=1"}, "--verbose takes no value"},
    {{"-vz"}, "unknown option '-vz'"},
    {{"--=x"}, "unknown option '--'"},
    {{"--="}, "unknown option '--'"},
    {{"--\x1b="}, "unknown option '--\\x1b'"},
    {{"--FILE", "x"}, "unknown option '--FILE'"},
    {{"-p1", "--port=2"}, "--port given twice"},
    {{"--trace", "-t"}, "--trace given twice"},
    {{"-p"}, "--port needs a value"},
    {{"-vp"}, "--port needs a value"},
    {{"--port", "70000"}, "--port: bad value '70000' (a number from 0 to 65535)"},
    {{"--port", "80x"}, "--port: bad value '80x' (a number from 0 to 65535)"},
    {{"--port="}, "--port: bad value '' (a number from 0 to 65535)"},
    {{"--log="}, "--log: bad value ''"},
    {{"--log", ""}, "--log: bad value ''"},
    {{"--idle", "5"}, "--idle: bad value '5' (a time such as 250ms, 30s, 5m)"},
    {{"--idle=-5s"}, "--idle: bad value '-5s' (a time such as 250ms, 30s, 5m)"},
    {{"--size", "1X"}, "--size: bad value '1X' (a size such as 64K, 10M, 1G)"},
    {{"--color", "red"}, "--color: bad value 'red' (one of auto, always, never)"},
    {{"--trace=loud"}, "--trace: bad value 'loud' (one of text, hex)"},
};

TEST(Options, ExplainWhatIsWrong) {
    for (const auto& [arguments, text] : complaints) EXPECT_EQ(complaint(arguments), text);
}

std::string complaint_of(const OptionSet& options, const std::vector<std::string>& arguments) {
    try {
        options.parse(arguments);
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Options, TakeEachOperandOnce) {
    std::string shell;
    int count = 0;
    OptionSet options;
    options.operand("SHELL", shell, "which").operand("COUNT", count, "how often");
    EXPECT_EQ(complaint_of(options, {}), "missing operand SHELL");
    EXPECT_EQ(complaint_of(options, {"bash"}), "missing operand COUNT");
    EXPECT_EQ(complaint_of(options, {"a", "1", "b\x1b"}), "unexpected operand 'b\\x1b'");
    EXPECT_EQ(complaint_of(options, {"a", "many"}),
              "COUNT: bad value 'many' (a number from -2147483648 to 2147483647)");
    EXPECT_EQ(complaint_of(options, {"bash", "-3"}), "");
    EXPECT_EQ(shell, "bash");
    EXPECT_EQ(count, -3);
}

TEST(Options, AskForAsManyOperandsAsNeeded) {
    std::vector<std::string> lines;
    OptionSet options;
    options.operands("LINE", lines, "which", 2);
    EXPECT_EQ(complaint_of(options, {"a"}), "missing operand LINE");
    EXPECT_EQ(complaint_of(options, {"a", "b", "c"}), "");
}

TEST(Options, TakeFromElsewhereWhatIsNotGiven) {
    Line line;
    line.options.parse({"--port", "1", "--verbose"});
    line.options.set_unless_given("port", "2");
    line.options.set_unless_given("host", "h");
    line.options.set_unless_given("header", "a");
    line.options.set_unless_given("header", "b");
    line.options.set_unless_given("json", "no");
    line.options.set_unless_given("verbose", "no");
    EXPECT_EQ(line.port, 1);
    EXPECT_EQ(line.host, "h");
    EXPECT_EQ(line.headers, (std::vector<std::string>{"a", "b"}));
    EXPECT_FALSE(line.json);
    EXPECT_TRUE(line.verbose);
    line.options.set_unless_given("json", "yes");
    EXPECT_TRUE(line.json);
    EXPECT_THROW(line.options.set_unless_given("idle", "soon"), UsageError);
    EXPECT_THROW(line.options.set_unless_given("json", "perhaps"), UsageError);
    EXPECT_THROW(line.options.set_unless_given("nonsense", ""), UsageError);
}

TEST(Values, AreTimesWithAUnit) {
    const std::pair<std::string_view, int> times[] = {
        {"250ms", 250}, {"30s", 30'000}, {"1.5s", 1500}, {"5m", 300'000}, {"2h", 7'200'000}};
    for (const auto& [text, count] : times) {
        std::chrono::milliseconds value{};
        EXPECT_TRUE(parse_value(text, value)) << text;
        EXPECT_EQ(value.count(), count);
    }
    for (const auto* text : {"", "s", "5", "5 s", "1e9999s", "infs", "nans", "99999999999h"}) {
        std::chrono::milliseconds value{};
        EXPECT_FALSE(parse_value(text, value)) << text;
    }
    EXPECT_EQ(to_string(std::chrono::milliseconds(1500)), "1500ms");
    EXPECT_EQ(to_string(std::chrono::milliseconds(300'000)), "5m");
}

TEST(Values, AreSizesInPowersOf1024) {
    Size size;
    EXPECT_TRUE(parse_value("64K", size));
    EXPECT_EQ(size.bytes, 65'536u);
    EXPECT_EQ(to_string(size), "64K");
    EXPECT_FALSE(parse_value("18446744073709551615K", size));
    EXPECT_FALSE(parse_value("-1", size));
}

}  // namespace
}  // namespace nettool::cli
