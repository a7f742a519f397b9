using System.Text.Json;
using Tieout.Application.Exceptions;
using Tieout.Application.Journals;
using Tieout.Application.Mapping;
using Tieout.Application.Views;
using Tieout.Connectors.Port;
using Tieout.Domain.Mapping;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Connectors.NetSuite;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Ledger;

namespace Tieout.Shell.Tests.Posting;

/// <summary>What a line says itself reaches the ERP before what account rules say, through a value map of that dimension; accounts of one's own go by rules.</summary>
public sealed class LineDimensionStories(PostgresFixture postgres)
{
    private const string Lines =
        """
        {"account":"fx-gain-loss","debit":"12.34","dimensions":{"cost-center":"10101101"}},{"account":"cash-clearing","credit":"12.34"}
        """;

    private const string Ruled =
        """
        {"actor":"mara","rules":[{"name":"center","when":{"ledger-account":["fx-gain-loss","bad-debt"]},"dimensions":{"cost-center":"10101102"}}]}
        """;

    private const string OnTravel = """{"account":"own.travel","debit":"3.00"},{"account":"cash-clearing","credit":"3.00"}""";

    [Fact]
    public async Task It_goes_out_as_it_is_and_comes_back_with_the_reversal()
    {
        await using var world = await World.Start(postgres, 2);
        var desk = new BooksDesk(world.Database.Source);
        var booked = await desk.Book(Lines, entity: "DE", currency: "EUR");
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await Objects(world, booked.Number)).ShouldBe(["CostCenter=10101101"]);
        var back = (await desk.Reverse(booked.Number, "2026-11-25")).ShouldBeOfType<JournalOutcome.Done>().Journal;
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await Objects(world, back.Number)).ShouldBe(["CostCenter=10101101"]);
        (await world.OpenCases()).ShouldBeEmpty();
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
    }

    [Fact]
    public async Task What_the_line_says_goes_before_what_a_rule_says()
    {
        await using var world = await World.Start(postgres, 2);
        await MappingStories.Publish(world, MappingSubject.AccountRules("sap-de"), Ruled);
        var desk = new BooksDesk(world.Database.Source);
        var (own, other) = (
            await desk.Book(Lines, entity: "DE", currency: "EUR"),
            await desk.Book(Lines.Replace(",\"dimensions\":{\"cost-center\":\"10101101\"}", "", StringComparison.Ordinal), entity: "DE", currency: "EUR"));
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await Objects(world, own.Number)).ShouldBe(["CostCenter=10101101"]);
        (await Objects(world, other.Number)).ShouldBe(["CostCenter=10101102"]);
        (await Choice(world, own.Number)).ShouldBe(("10101101", "10101101", "the line itself"));
        (await Choice(world, other.Number)).ShouldBe(("", "10101102", "account rules 1, rule 'center'"));
    }

    [Fact]
    public async Task A_value_map_that_is_called_as_the_dimension_turns_our_code_into_theirs_and_what_it_lacks_is_a_case()
    {
        await using var world = await World.Start(postgres, 2);
        var map = MappingSubject.ValueMap("sap-de", "cost-center");
        await MappingStories.Publish(world, map, """{"actor":"mara","values":{"4100":"10101101"}}""");
        await MappingStories.Publish(world, MappingSubject.AccountRules("sap-de"), Ruled);
        var desk = new BooksDesk(world.Database.Source);
        var known = await desk.Book(Lines.Replace("10101101", "4100", StringComparison.Ordinal), entity: "DE", currency: "EUR");
        var strange = await desk.Book(Lines.Replace("10101101", "4200", StringComparison.Ordinal), entity: "DE", currency: "EUR");
        await world.Deliver();
        var gap = (await new ReadMappingCoverage(world.Database.Source).Run(null, default))!.Gaps.Single(one => one.Code == "dimension-unmapped");
        gap.Examples.ShouldBe([strange.Number]);
        gap.Cause.ShouldBe("Value map 'cost-center' of sap-de has nothing for '4200', which the line itself says as its cost-center.");
        (await Choice(world, known.Number)).ShouldBe(("4100", "10101101", "the line itself, value map cost-center 1"));
        (await Objects(world, known.Number)).ShouldBe(["CostCenter=10101101"]);
        (await world.OpenCases())["dimension-unmapped"].ShouldBe(1);
        var id = (await world.Rows<Guid>("select id from exceptions.exception_case where code = 'dimension-unmapped'"))[0];
        await MappingStories.Publish(world, map, """{"actor":"mara","values":{"4100":"10101101","4200":"10101102"}}""");
        var tried = (await new TryCase(world.Database.Source, world.Targets()).Run(id, null, default)).ShouldBeOfType<CaseDone<TriedPosting>>().Value;
        tried.Preview.Lines[0].Dimensions.ShouldBe([new("cost-center", "10101102")]);
        await world.Replay("dimension-unmapped");
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await Objects(world, strange.Number)).ShouldBe(["CostCenter=10101102"]);
    }

    [Fact]
    public async Task What_was_sent_with_one_code_is_asked_for_with_it_whatever_was_published_since()
    {
        await using var world = await World.Start(postgres, 2);
        var booked = await new BooksDesk(world.Database.Source).Book(Lines, entity: "DE", currency: "EUR");
        await world.Fault("commit-then-silence", count: 2, seconds: 0.1);
        var patient = World.Policy with { FirstPause = TimeSpan.FromMinutes(1), LongestPause = TimeSpan.FromMinutes(2) };
        await world.Deliver(world.Targets(policy: patient), patienceSeconds: 0);
        (await world.Rows<string>("select state from posting.posting where business_key = @Number", new { booked.Number })).ShouldBe(["in-doubt"]);
        await MappingStories.Publish(world, MappingSubject.ValueMap("sap-de", "cost-center"), """{"actor":"mara","values":{"10101101":"10101102"}}""");
        await MappingStories.Publish(world, MappingSubject.AccountRules("sap-de"), Ruled);
        await world.Database.Execute("update posting.posting set not_before = now() where state = 'in-doubt'");
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Rows<string>("select state from posting.posting where business_key = @Number", new { booked.Number })).ShouldBe(["posted"]);
        (await world.Held(booked.Number)).ShouldBe(1);
        (await Objects(world, booked.Number)).ShouldBe(["CostCenter=10101101"]);
    }

    [Fact]
    public async Task An_account_of_ones_own_is_a_case_until_a_rule_says_which_of_theirs_it_is()
    {
        await using var world = await World.Start(postgres, 2);
        var desk = new BooksDesk(world.Database.Source);
        await desk.Add("travel", "6815", "Reisen", entity: "DE");
        var booked = await desk.Book(OnTravel, entity: "DE", currency: "EUR");
        await world.Deliver();
        (await world.OpenCases())["account-rule-missing"].ShouldBe(1);
        await MappingStories.Publish(world, MappingSubject.AccountRules("sap-de"),
            """{"actor":"mara","rules":[{"name":"trips","when":{"ledger-account":"own.travel"},"account":"68000000"}]}""");
        await world.Replay("account-rule-missing");
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.Held(booked.Number)).ShouldBe(1);
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
    }

    [Theory]
    [InlineData("own.meals", "unknown-ledger-account")]
    [InlineData("own.travel", null)]
    public async Task A_rule_names_only_accounts_that_the_books_have(string account, string? problem)
    {
        await using var world = await World.Start(postgres, 2);
        await new BooksDesk(world.Database.Source).Add("travel", "6815", "Reisen", entity: "DE");
        using var document = JsonDocument.Parse($$"""{"actor":"mara","rules":[{"name":"trips","when":{"ledger-account":"{{account}}"},"account":"68000000"}]}""");
        var versions = new MappingVersions(world.Database.Source, TimeProvider.System);
        var subject = MappingSubject.AccountRules("sap-de");
        await versions.PutDraft(subject, document.RootElement, default);
        var outcome = await versions.Publish(subject, "juri", "", default);
        if (problem is null) outcome.ShouldBeOfType<MappingOutcome.Done>();
        else JsonSerializer.Serialize(outcome, outcome.GetType()).ShouldContain(problem);
    }

    [Fact]
    public async Task Another_erp_gets_it_on_its_own_field()
    {
        await using var world = await World.Start(postgres, 2);
        await using var netSuite = await NetSuiteSandbox.Start();
        var settings = netSuite.Target() with { Version = "rules-1" };
        var target = world.Target(settings, entity: "US");
        var booked = await new BooksDesk(world.Database.Source).Book(
            """{"account":"bank-fees","debit":"12.34","dimensions":{"department":"2"}},{"account":"cash-clearing","credit":"12.34"}""");
        await world.Deliver([target]);
        var lines = (await netSuite.Ask("ledger/" + booked.Number)).EnumerateArray().SelectMany(one => one.GetProperty("lines").EnumerateArray());
        lines.Select(line => line.GetProperty("segments")).Where(segments => segments.TryGetProperty("department", out _))
            .Select(segments => segments.GetProperty("department").GetInt64()).ShouldBe([2L]);
    }

    [Fact]
    public void A_line_may_say_every_dimension_that_an_erp_is_told() => MappingFields.Dimensions.ShouldBe(ErpDimension.All);

    private static async Task<IReadOnlyList<string>> Objects(World world, string key) =>
        [.. (await world.Ask("ledger/" + key)).EnumerateArray().SelectMany(document => document.GetProperty("items").EnumerateArray())
            .Select(item => item.GetProperty("objects").GetString()!).Where(objects => objects.Length > 0)];

    private static async Task<(string Ours, string Theirs, string By)> Choice(World world, string key) =>
        (await new ReadPostingChoices(world.Database.Source).Run(key, default))!.Choices.Where(choice => choice.What == "cost-center")
            .Select(choice => (choice.Ours, choice.Theirs, choice.By)).Single();
}
