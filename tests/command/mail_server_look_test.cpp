#include "support/mail_client.hpp"

namespace nettool::test {
namespace {

using cli::ExitCode;

constexpr auto json = cli::Output::Format::json;

TEST_F(MailServerTest, ListsWhatHasCome) {
    fill({"one", "two"});
    const auto list = look({"--list"}).output;
    EXPECT_TRUE(list.starts_with("   1  20")) << list;
    EXPECT_NE(list.find("  <a@example.org> -> <one@example.org>  53 bytes  \"one\"\n   2  20"),
              list.npos)
        << list;
    EXPECT_TRUE(list.ends_with("  <a@example.org> -> <two@example.org>  53 bytes  \"two\"\n"));
    const auto lines = look({"--list", "--to", "TWO@example.org"}, json).output;
    EXPECT_TRUE(lines.starts_with(R"({"event":"mail","number":2,"id":")")) << lines;
    EXPECT_EQ(std::ranges::count(lines, '\n'), 1);
    EXPECT_NE(look({"--list", "--subject", "^o"}).output.find("\"one\""), std::string::npos);
}

TEST_F(MailServerTest, ShowsOne) {
    fill({"one", "two"});
    const auto text = look({"--show", "2"}).output;
    EXPECT_NE(text.find("Subject: two\n"), text.npos) << text;
    EXPECT_TRUE(text.ends_with("\n\nhello\n")) << text;
    EXPECT_EQ(look({"--show", "1", "--source"}).output,
              "From: a@example.org\r\nDate: x\r\nSubject: one\r\n\r\nhello\r\n");
    EXPECT_EQ(look({"--show", "1", "--part", "1"}).output, "hello\r\n");
    const auto dialog = look({"--show", "2", "--dialog"}).output;
    EXPECT_NE(dialog.find(" C: RCPT TO:<two@example.org>"), dialog.npos) << dialog;
    EXPECT_EQ(dialog.find("one@example.org"), dialog.npos) << "that was another message";
    const auto full = look({"--show", "1"}, json).output;
    EXPECT_NE(full.find(R"("headers":[{"name":"From","value":"a@example.org"})"), full.npos)
        << full;
}

TEST_F(MailServerTest, ShowsByIdToo) {
    fill({"one"});
    const auto name = names("new");
    EXPECT_EQ(look({"--show", name.substr(0, name.size() - 1), "--part", "1"}).output, "hello\r\n");
}

TEST_F(MailServerTest, ShowsBytesOrJson) {
    fill({"one"});
    EXPECT_EQ(look({"--show", "1", "--source"}, json).code, ExitCode::usage);
    EXPECT_EQ(look({"--show", "1", "--part", "1"}, json).code, ExitCode::usage);
}

TEST_F(MailServerTest, SaysThatThereIsNoSuchMessage) {
    fill({"one"});
    const auto outcome = look({"--show", "2"});
    EXPECT_EQ(outcome.code, ExitCode::refused);
    EXPECT_EQ(outcome.log, "mail-server: there is no message \"2\" among 1\n");
    EXPECT_EQ(look({"--show", "0"}).code, ExitCode::refused);
    EXPECT_EQ(look({"--show", "../../etc/passwd"}).code, ExitCode::refused);
    const auto part = look({"--show", "1", "--part", "2"});
    EXPECT_EQ(part.code, ExitCode::refused);
    EXPECT_EQ(part.log, "mail-server: message 1 has 1 parts, not part 2\n");
}

TEST_F(MailServerTest, SaysThatThereIsNoStore) {
    const auto outcome = look({"--list"});
    EXPECT_EQ(outcome.code, ExitCode::local);
    EXPECT_NE(outcome.log.find("cannot read directory"), outcome.log.npos) << outcome.log;
}

TEST_F(MailServerTest, WaitsForWhatHasComeAlready) {
    fill({"one", "two", "two"});
    EXPECT_NE(look({"--wait", "--subject", "two"}, json).output.find(R"("number":2)"),
              std::string::npos);
    EXPECT_NE(look({"--wait", "--subject", "two"}, json).output.find(R"("number":3)"),
              std::string::npos)
        << "each is waited for once";
    const auto none = look({"--wait", "--subject", "two", "--timeout", "50ms"});
    EXPECT_EQ(none.code, ExitCode::network);
    EXPECT_EQ(none.log, "mail-server: no such message within 50ms\n");
    EXPECT_NE(look({"--list"}, json).output.find(R"("seen":true)"), std::string::npos);
    EXPECT_NE(look({"--list"}).output.find("\"two\"  taken\n"), std::string::npos);
}

TEST_F(MailServerTest, WaitsForWhatWillCome) {
    RunningCommand waits("mail-server", {"--wait", "--to", "b@example.org", "--store", store()},
                         json);
    start();
    auto sender = begun();
    sender.send_mail("other@example.org", "Subject: not this\r\n\r\n");
    sender.send_mail("b@example.org", "Subject: this\r\n\r\n");
    EXPECT_EQ(waits.wait(), ExitCode::ok);
    EXPECT_NE(waits.output().find(R"("subject":"this")"), std::string::npos) << waits.output();
}

TEST_F(MailServerTest, StopsWaitingWhenTold) {
    RunningCommand waits("mail-server", {"--wait", "--store", store()}, json);
    EXPECT_EQ(waits.stop(asio::cancellation_type::total), ExitCode::interrupted);
}

TEST_F(MailServerTest, ShowsWhatAnotherProgramHasPutThere) {
    for (const auto* folder : {"", "/new", "/cur"})
        std::filesystem::create_directory(store() + folder);
    write_file(store() + "/cur/1.a:2,S", "Subject: s\nTo: c@d\n\n\x1b[31mred\n");
    const auto outcome = look({"--show", "1"});
    EXPECT_EQ(outcome.code, ExitCode::ok) << outcome.log;
    EXPECT_NE(outcome.output.find("\\x1b[31mred\n"), std::string::npos) << outcome.output;
}

TEST_F(MailServerTest, SaysWhereTheHtmlIsWhenThereIsNoText) {
    for (const auto* folder : {"", "/new", "/cur"})
        std::filesystem::create_directory(store() + folder);
    write_file(store() + "/new/1.a",
               "Content-Type: multipart/mixed; boundary=b\n\n"
               "--b\nContent-Type: text/html\nContent-Disposition: attachment\n\n<p>file\n"
               "--b\nContent-Type: text/html\n\n<p>shown\n--b--\n");
    write_file(store() + "/new/2.a", "Content-Type: text/html\n\n");
    const auto shown = look({"--show", "1"}).output;
    EXPECT_TRUE(shown.ends_with("\n\nno plain text; --show 1 --part 2 prints the HTML\n")) << shown;
    EXPECT_NE(look({"--show", "1", "--part", "2"}).output.find("<p>shown"), std::string::npos);
    EXPECT_EQ(look({"--show", "2"}).output.find("no plain text"), std::string::npos) << "nor HTML";
}

}  // namespace
}  // namespace nettool::test
