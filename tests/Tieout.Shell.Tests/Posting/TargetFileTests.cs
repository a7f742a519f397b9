using Tieout.Application.Posting;
using Tieout.Application.Settings;
using Tieout.Domain.Posting;
using Tieout.Domain.Posting.Lanes;
using Tieout.Domain.Revenue;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

public sealed class TargetFileTests : IDisposable
{
    private const string Good =
        """
        targets:
          - name: tryton-us
            system: tryton
            url: "http://127.0.0.1:8000/erp/"
            user: hub
            password: {file: secret.txt}
            company: "1"
            accounts: {receivable: "1100", revenue: "4000", deferred-revenue: "2200", tax: "2100"}
            taxes: {US-CA: US-CA}
            options: {journal: REV}
            batch-size: 50
            slots: 1
            timeout-seconds: 60
            attempts: 5
            absence-proof-seconds: 120
        routes:
          - {legal-entity: US, target: tryton-us}
        """;

    private readonly TemporaryFolder _folder = new();

    public TargetFileTests() => File.WriteAllText(_folder["secret.txt"], "s3cret\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_targets_with_their_secrets_and_routes()
    {
        var file = Read(Good);
        var target = file.Targets.ShouldHaveSingleItem();
        target.Settings.Password.ShouldBe("s3cret");
        target.Settings.Accounts["deferred-revenue"].ShouldBe("2200");
        target.Settings.Timeout.ShouldBe(TimeSpan.FromMinutes(1));
        target.Policy.ShouldBe(PostingPolicy.Default with { Attempts = 5, AbsenceProof = TimeSpan.FromMinutes(2) });
        file.Routes.ShouldBe([new Route("US", "tryton-us")]);
        file.LegalEntitiesOf("tryton-us").ShouldBe(["US"]);
    }

    [Fact]
    public void Reads_the_lane_and_knows_what_is_usual()
    {
        Read(Good).Targets[0].Lane.ShouldBe(LaneSettings.Default);
        var lane = Read(Good.Replace(
            "slots: 1",
            "slots: 1\n    lane: {calls-per-minute: 600, time-zone: Europe/Berlin, open: [\"mon-fri 18:00-06:00\", \"sat,sun 00:00-24:00\"], maintenance: [\"daily 02:00-02:30\"], kinds: [invoice]}",
            StringComparison.Ordinal)).Targets[0].Lane;
        lane.CallsPerMinute.ShouldBe(600);
        lane.Hours.Zone.Id.ShouldBe("Europe/Berlin");
        lane.Hours.Open.Count.ShouldBe(2);
        lane.Hours.IsOpen(new DateTimeOffset(2026, 11, 20, 17, 0, 0, TimeSpan.Zero)).ShouldBeTrue();
        lane.Hours.IsOpen(new DateTimeOffset(2026, 11, 21, 1, 0, 0, TimeSpan.Zero)).ShouldBeFalse();
        lane.Kinds.Kinds.ShouldBe(["invoice"]);
    }

    [Fact]
    public void The_version_is_of_the_rules_and_of_nothing_else()
    {
        var version = Version(Good);
        version.Length.ShouldBe(12);
        File.WriteAllText(_folder["secret.txt"], "changed");
        Version(Good.Replace("slots: 1", "slots: 8", StringComparison.Ordinal).Replace("user: hub", "user: other", StringComparison.Ordinal)).ShouldBe(version);
        Version(Good.Replace("{receivable: \"1100\", revenue: \"4000\"", "{revenue: \"4000\", receivable: \"1100\"", StringComparison.Ordinal)).ShouldBe(version);
        Version(Good.Replace("\"4000\"", "\"4001\"", StringComparison.Ordinal)).ShouldNotBe(version);
        TargetFile.Rules(Read(Good).Targets[0].Settings).ShouldNotContain("changed");
    }

    [Fact]
    public void Revenue_goes_summarised_unless_the_target_wants_it_line_by_line()
    {
        Read(Good).Targets[0].Settings.Revenue.ShouldBe(RevenueDetail.Summarised);
        var byLine = Good.Replace("slots: 1", "slots: 1\n    revenue: by-line", StringComparison.Ordinal);
        Read(byLine).Targets[0].Settings.Revenue.ShouldBe(RevenueDetail.ByLine);
        Version(byLine).ShouldNotBe(Version(Good));
        Version(Good.Replace("slots: 1", "slots: 1\n    revenue: summarised", StringComparison.Ordinal)).ShouldBe(Version(Good));
        TargetFile.Rules(Read(Good).Targets[0].Settings).ShouldNotContain("summarised"); // versions from before the setting stay as they are
        TargetFile.Rules(Read(byLine).Targets[0].Settings).ShouldContain("\"revenue\":\"by-line\"");
    }

    [Theory]
    [InlineData("slots: 1", "slots: 1\n    revenue: by-month", "targets[1].revenue: 'by-month' is not one of summarised, by-line")]
    [InlineData("password: {file: secret.txt}", "password: hunter2", "line 6, targets[1].password: the password must not stand in this file")]
    [InlineData("{file: secret.txt}", "{file: none.txt}", "targets[1].password.file: the file 'none.txt' cannot be read")]
    [InlineData("{file: secret.txt}", "{env: TIEOUT_TEST_NO_SUCH_VARIABLE}", "the environment variable TIEOUT_TEST_NO_SUCH_VARIABLE is not set")]
    [InlineData("{file: secret.txt}", "{vault: x}", "unknown key. Allowed here: env, file")]
    [InlineData("    batch-size: 50", "    batch: 50", "targets[1].batch: unknown key")]
    [InlineData("batch-size: 50", "batch-size: 0", "a whole number from 1")]
    [InlineData(", tax: \"2100\"", "", "targets[1].accounts: 'tax' is missing")]
    [InlineData("tax: \"2100\"", "tax: \"2100\", cash: \"1\"", "targets[1].accounts.cash: unknown key. Allowed here: receivable, revenue, deferred-revenue, tax")]
    [InlineData("system: tryton", "system: sap-r3", "'sap-r3' is not one of tryton, sap-s4hana")]
    [InlineData("http://127.0.0.1", "ftp://127.0.0.1", "http:// or https://")]
    [InlineData("http://127.0.0.1", "http://hub:pw@127.0.0.1", "no user or password in the address")]
    [InlineData("target: tryton-us}", "target: sap}", "line 17, routes[1].target: there is no target 'sap'; there are tryton-us")]
    [InlineData("target: tryton-us}", "target: tryton-us}\n  - {legal-entity: US, target: tryton-us}", "has a route already")]
    [InlineData("absence-proof-seconds: 120", "absence-proof-seconds: 10", "shorter than 'timeout-seconds'")]
    [InlineData("slots: 1", "slots: -1", "targets[1].slots: a whole number from 1 to 64")]
    [InlineData("slots: 1", "slots: 1\n    lane: {slots: 3}", "unknown key. Allowed here: calls-per-minute, time-zone, open, maintenance, kinds")]
    [InlineData("slots: 1", "slots: 1\n    lane: {calls-per-minute: 0}", "targets[1].lane.calls-per-minute: a whole number from 1")]
    [InlineData("slots: 1", "slots: 1\n    lane: {time-zone: Mars/Olympus}", "'Mars/Olympus' is no time zone known here; write its IANA name")]
    [InlineData("slots: 1", "slots: 1\n    lane: {open: [\"mo 18:00-06:00\"]}", "targets[1].lane.open[1]: 'mo 18:00-06:00' is not written like 'mon-fri 18:00-06:00'")]
    [InlineData("slots: 1", "slots: 1\n    lane: {open: [\"mon 18:00-18:00\"]}", "has no length; a whole day is 00:00-24:00")]
    [InlineData("slots: 1", "slots: 1\n    lane: {open: \"mon 18:00-19:00\"}", "a list is expected here")]
    [InlineData("slots: 1", "slots: 1\n    lane: {maintenance: [\"daily 00:00-24:00\"]}", "targets[1].lane: with these open hours and this maintenance it never opens")]
    [InlineData("slots: 1", "slots: 1\n    lane: {kinds: [invoices]}", "'invoices' is no kind of document; there are invoice, credit-memo, payment")]
    [InlineData("slots: 1", "slots: 1\n    lane: {kinds: [invoice, invoice]}", "targets[1].lane.kinds: A kind stands twice.")]
    public void Complains_with_line_and_key_and_never_with_a_secret(string from, string to, string problem)
    {
        var message = Should.Throw<SettingsException>(() => Read(Good.Replace(from, to, StringComparison.Ordinal))).Message;
        message.ShouldStartWith("targets.yaml, line ");
        message.ShouldContain(problem);
        message.ShouldNotContain("hunter2");
        message.ShouldNotContain("hub:pw");
    }

    [Fact]
    public void Two_targets_of_one_name_are_refused()
    {
        var routes = Good.IndexOf("routes:", StringComparison.Ordinal);
        var twice = Good[..routes] + Good["targets:\n".Length..routes] + Good[routes..];
        Should.Throw<SettingsException>(() => Read(twice)).Message.ShouldContain("two targets are named 'tryton-us'");
    }

    [Theory]
    [InlineData("file:///srv/exchange/erp", "/srv/exchange/erp/")]
    [InlineData("/srv/exchange/erp/", "/srv/exchange/erp/")]
    public void A_legacy_ERP_of_files_is_reached_through_a_folder(string url, string folder)
    {
        Files(url).Targets[0].Settings.Url.LocalPath.ShouldBe(folder);
    }

    [Theory]
    [InlineData("http://127.0.0.1/erp")]
    [InlineData("exchange/erp")]
    [InlineData("file://server/share")]
    public void Nothing_but_a_folder_of_this_machine_is_taken_for_files(string url)
    {
        Should.Throw<SettingsException>(() => Files(url)).Message.ShouldContain("targets[1].url: a folder of this machine");
    }

    private TargetFile Files(string url)
    {
        File.WriteAllText(_folder["targets.yaml"], Good.Replace("system: tryton", "system: legacy-files", StringComparison.Ordinal)
            .Replace("http://127.0.0.1:8000/erp/", url, StringComparison.Ordinal));
        return TargetFile.Read(_folder["targets.yaml"], ["legacy-files"]);
    }

    private string Version(string yaml) => Read(yaml).Targets[0].Settings.Version;

    private TargetFile Read(string yaml)
    {
        File.WriteAllText(_folder["targets.yaml"], yaml);
        return TargetFile.Read(_folder["targets.yaml"], ["tryton", "sap-s4hana"]);
    }
}
