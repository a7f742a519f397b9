using System.Text.Json;
using Tieout.Application.Mapping;
using Tieout.Application.Views;
using Tieout.Domain.Reconciliation;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>Stories of finance: an ERP is replaced in waves, accounts are chosen by plan, something was forgotten. Real PostgreSQL, and the ERP's own ledger.</summary>
public sealed class MappingStories(PostgresFixture postgres)
{
    private const string Chart =
        """
        {"actor":"mara","note":"chart of 2027","rules":[
          {"name":"subscriptions","when":{"ledger-account":["revenue","deferred-revenue"]},"account":"41100000",
           "dimensions":{"profit-center":{"from":"country","map":"centers"}}}]}
        """;

    [Fact]
    public async Task An_entity_moves_in_a_wave_both_erps_work_side_by_side_and_a_credit_memo_follows_its_invoice()
    {
        await using var world = await World.Start(postgres, 6);
        await world.Deliver();
        (await Targets(world)).ShouldBe(["DE- sap-de", "US- sap-us"]);

        // From December on the company of the Americas takes the European one's documents.
        await Publish(world, MappingSubject.Routes,
            """{"actor":"mara","rules":[{"name":"wave 1","when":{"legal-entity":"DE","from":"2026-12-01"},"target":"sap-us"}]}""");
        var memo = await world.Credit("DE-2026-0000001");
        await world.Bill(World.NextMonth);
        var summary = await world.Deliver();
        summary.Waiting.ShouldBe(0);
        (await Targets(world, "2026-12-01")).ShouldBe(["DE- sap-us", "US- sap-us"]);
        var followed = await Posting(world, memo);
        (followed.State, followed.Target, followed.RoutedBy).ShouldBe(("posted", "sap-de", "what it is about"));
        var moved = await Posting(world, (await world.Rows<string>("select business_key from posting.posting where target = 'sap-us' and currency = 'EUR' limit 1"))[0]);
        moved.RoutedBy.ShouldBe("routes 1, rule 'wave 1'");
        moved.Versions.ShouldBe("rules-1 routes@1");
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_value_map_lacks_is_parked_told_with_its_money_and_goes_once_it_is_published()
    {
        await using var world = await World.Start(postgres, 6);
        await Publish(world, MappingSubject.ValueMap("sap-de", "centers"), """{"actor":"mara","values":{"FR":"YB101"}}""");
        await Publish(world, MappingSubject.AccountRules("sap-de"), Chart);
        (await world.Deliver()).Waiting.ShouldBe(0);
        var parked = await world.Count("posting.posting where state = 'parked' and currency = 'EUR'");
        parked.ShouldBePositive();
        (await world.OpenCases()).Keys.ShouldBe(["dimension-unmapped"]);
        (await world.Count("posting.exchange where target = 'sap-de' and operation like '%post%'")).ShouldBe(0);

        var coverage = (await new ReadMappingCoverage(world.Database.Source).Run(null, default))!;
        var gap = coverage.Gaps.ShouldHaveSingleItem();
        (gap.Code, gap.Target, gap.Documents, coverage.Covered).ShouldBe(("dimension-unmapped", "sap-de", parked, 0));
        gap.Cause.ShouldContain("country 'DE'");
        gap.Money.ShouldHaveSingleItem().Amount.ShouldBe(
            (await world.Rows<decimal>("select sum(amount) from posting.posting where state = 'parked'"))[0]);

        // The draft is looked through before it counts.
        var map = MappingSubject.ValueMap("sap-de", "centers");
        await Draft(world, map, """{"actor":"mara","values":{"FR":"YB101","DE":"YB600"}}""");
        var preview = (await new ReadMappingCoverage(world.Database.Source).Run(map, default))!;
        (preview.Gaps.Count, preview.Covered).ShouldBe((0, parked));
        (await new ReadMappingCoverage(world.Database.Source).Run(null, default))!.Gaps.Count.ShouldBe(1);
        (await new MappingVersions(world.Database.Source, TimeProvider.System).Publish(map, "juri", "", default)).ShouldBeOfType<MappingOutcome.Done>();
        await world.Replay("dimension-unmapped");
        (await world.Deliver()).Waiting.ShouldBe(0);
        await world.AllPostedOnce();
    }

    [Fact]
    public async Task Every_line_tells_which_rule_chose_its_account_and_the_books_tie_out_by_the_chosen_accounts()
    {
        await using var world = await World.Start(postgres, 6);
        await Publish(world, MappingSubject.ValueMap("sap-de", "centers"), """{"actor":"mara","values":{"DE":"YB600"}}""");
        await Publish(world, MappingSubject.AccountRules("sap-de"), Chart);
        await world.Deliver();
        await world.AllPostedOnce();
        var posting = await Posting(world, "DE-2026-0000001");
        posting.Versions.ShouldBe("rules-1 account-rules@1 centers@1");
        var line = posting.Choices.First(choice => choice is { On: Choice.OnLine, What: "account" });
        (line.Theirs, line.By, line.Ruled).ShouldBe(("41100000", "account rules 1, rule 'subscriptions'", true));
        posting.Choices.First(choice => choice.What == "profit-center").By.ShouldContain("value map centers 1");
        var receivable = posting.Choices.Single(choice => choice.On == Choice.OnReceivable);
        (receivable.Theirs, receivable.Ruled).ShouldBe(("12100000", false));
        var told = await new ReadTimeline(world.Database.Source, new FindInvoices(world.Database.Source)).Run("DE-2026-0000001", default);
        JsonSerializer.Serialize(told.Story).ShouldContain("41100000 (account rules 1, rule");
        (await Posting(world, "US-2026-0000001")).Choices.ShouldContain(choice => choice.Ours == "receivable" && choice.By.StartsWith("targets file"));

        (await world.TieOut()).Entities.ShouldAllBe(entity => entity.Verdict == Verdict.Reconciled);
        (await world.Count("reconciliation.account_result where erp_account like '%41100000' and ours = theirs and ours <> 0")).ShouldBePositive();
    }

    [Fact]
    public async Task What_is_published_never_changes_and_numbers_have_no_gaps()
    {
        await using var world = await World.Start(postgres, 2);
        await Publish(world, MappingSubject.Routes, """{"actor":"mara","rules":[]}""");
        await Draft(world, MappingSubject.Routes, """{"actor":"mara","rules":[{"name":"x","target":"sap-us"}]}""");
        foreach (var (sql, constraint) in new[]
        {
            ("update mapping.version set note = 'other' where number = 1", "version_published_stays"),
            ("update mapping.version set number = 3 where number = 2", "version_keeps_number"),
            ("update mapping.version set state = 'published' where number = 2", "version_published_whole"),
            ("insert into mapping.version (id, kind, number, state, content, fingerprint, actor, drafted_at) select gen_random_uuid(), kind, 7, 'draft', content, fingerprint, actor, drafted_at from mapping.version where number = 2", "version_next"),
        })
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute(sql))).ConstraintName.ShouldBe(constraint);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => world.Database.Execute("delete from mapping.version"));
    }

    [Fact]
    public async Task A_draft_that_was_changed_since_it_was_looked_at_is_not_published_and_the_same_twice_is_kept_once()
    {
        await using var world = await World.Start(postgres, 2);
        var versions = new MappingVersions(world.Database.Source, TimeProvider.System);
        var seen = await Draft(world, MappingSubject.Routes, """{"actor":"mara","rules":[{"name":"x","target":"sap-us"}]}""");
        await Draft(world, MappingSubject.Routes, """{"actor":"juri","rules":[{"name":"x","target":"sap-de"}]}""");
        (await versions.Publish(MappingSubject.Routes, "mara", seen.Version.Version.Fingerprint, default)).ShouldBeOfType<MappingOutcome.Conflict>().Code.ShouldBe("draft-changed");
        (await versions.Publish(MappingSubject.Routes, "mara", "", default)).ShouldBeOfType<MappingOutcome.Done>();
        (await versions.Publish(MappingSubject.Routes, "mara", "", default)).ShouldBeOfType<MappingOutcome.NotFound>();
        (await Draft(world, MappingSubject.Routes, """{"rules":[{"target":"sap-de","when":{},"name":"x"}],"actor":"juri"}""")).Changed.ShouldBeFalse();
        (await versions.List(null, null, null, default)).ShouldHaveSingleItem().InForce.ShouldBeTrue();
    }

    private static async Task Publish(World world, MappingSubject subject, string document)
    {
        await Draft(world, subject, document);
        (await new MappingVersions(world.Database.Source, TimeProvider.System).Publish(subject, "juri", "", default)).ShouldBeOfType<MappingOutcome.Done>();
    }

    private static async Task<MappingOutcome.Done> Draft(World world, MappingSubject subject, string document)
    {
        using var parsed = JsonDocument.Parse(document);
        return (await new MappingVersions(world.Database.Source, TimeProvider.System).PutDraft(subject, parsed.RootElement, default)).ShouldBeOfType<MappingOutcome.Done>();
    }

    private static async Task<PostingChoices> Posting(World world, string key) => (await new ReadPostingChoices(world.Database.Source).Run(key, default))!;

    private static Task<IReadOnlyList<string>> Targets(World world, string month = "2026-11-01") => world.Rows<string>(
        "select distinct left(business_key, 3) || ' ' || target from posting.posting where month = @month::date and document_kind = 'invoice' order by 1", new { month });
}
