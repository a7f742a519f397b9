using System.Text.Json;
using Tieout.Application.Mapping;
using Tieout.Application.Views;
using Tieout.Domain.Mapping;
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

        // A correction of December stands in the old ERP, the invoices of December in the new one: the month is reconciled over both.
        await world.Credit("DE-2026-0000002", on: new DateOnly(2026, 12, 10));
        (await world.Deliver()).Waiting.ShouldBe(0);
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
        var december = await world.TieOut(month: World.NextMonth);
        (await world.Rows<(string, string)>("select target, cause from reconciliation.difference")).ShouldBeEmpty();
        var moving = december.Entities.Single(entity => entity.LegalEntity == "DE");
        (moving.Verdict, moving.Target, moving.OurDocuments, moving.TheirDocuments).ShouldBe((Verdict.Reconciled, "sap-de, sap-us", 4L, 4L));
        moving.Targets.Select(part => (part.Target, part.Verdict, part.OurDocuments, part.TheirDocuments))
            .ShouldBe([("sap-de", Verdict.Reconciled, 1L, 1L), ("sap-us", Verdict.Reconciled, 3L, 3L)]);
        (moving.OurTotal, december.Verdict).ShouldBe((moving.TheirTotal, Verdict.Reconciled));
        (await world.Rows<(string, string, long)>(
            "select target, verdict, our_documents from reconciliation.entity_result where month = '2026-12-01' and currency = 'EUR'"))
            .ShouldBe([("sap-de, sap-us", "reconciled", 4L)]);
    }

    [Theory]
    [InlineData("sap-de", "1010", "delete", "missing")]
    [InlineData("sap-us", "1710", "delete", "missing")]
    [InlineData("sap-de", "1010", "copy", "duplicate")]
    [InlineData("sap-us", "1710", "copy", "duplicate")]
    [InlineData("sap-de", "1010", "foreign", "unexpected")]
    [InlineData("sap-us", "1710", "foreign", "unexpected")]
    public async Task In_a_month_over_two_erps_a_break_in_either_is_found_and_named_with_its_erp(string target, string company, string what, string category)
    {
        await using var world = await Split(postgres);
        var key = what == "foreign" ? "DE-2026-9999999" : await Posted(world, target);
        object body = what == "foreign"
            ? new { companyCode = company, reference = await Posted(world, target), @as = key }
            : new { companyCode = company, reference = key };
        await world.Tell(what == "delete" ? "tamper/delete" : "tamper/copy", body);

        var outcome = await world.TieOut(month: World.NextMonth);
        outcome.Entities.Select(entity => (entity.LegalEntity, entity.Verdict)).ShouldBe([("DE", Verdict.Breaks), ("US", Verdict.Reconciled)]);
        outcome.Entities[0].Targets.Where(part => part.Verdict == Verdict.Breaks).Select(part => part.Target).ShouldBe([target]);
        (await world.Rows<(string, string, string)>("select target, category, business_key from reconciliation.difference")).ShouldBe([(target, category, key)]);
        (await world.Rows<string>("select cause from exceptions.exception_case where state = 'open'")).ShouldHaveSingleItem().ShouldStartWith(target + ": ");
    }

    [Fact]
    public async Task A_document_that_stands_in_the_other_erp_as_well_is_a_duplicate_and_closes_by_itself_once_it_is_gone()
    {
        await using var world = await Split(postgres);
        var key = await Posted(world, "sap-us");
        await world.Tell("tamper/copy", new { companyCode = "1010", reference = await Posted(world, "sap-de"), @as = key });
        (await world.TieOut(month: World.NextMonth)).Entities[0].Verdict.ShouldBe(Verdict.Breaks);
        (await world.Rows<(string, string, string)>("select target, category, business_key from reconciliation.difference")).ShouldBe([("sap-de", "duplicate", key)]);
        (await world.Rows<string>("select subject_key from exceptions.exception_case where state = 'open'")).ShouldBe([$"DE/2026-12/sap-de/{key}"]);

        // As long as one of the two cannot be read nothing is called mended.
        await world.Tell("tamper/delete", new { companyCode = "1010", reference = key });
        await world.Fault("reject-503", on: "read", seconds: 0.1);
        (await world.TieOut(month: World.NextMonth)).Entities[0].Verdict.ShouldBe(Verdict.Incomplete);
        (await world.OpenCases()).Count.ShouldBe(1);
        (await world.TieOut(month: World.NextMonth)).Verdict.ShouldBe(Verdict.Reconciled);
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_else_s_entry_on_an_account_that_only_a_rule_names_is_a_warning()
    {
        await using var world = await World.Start(postgres, 6);
        await Publish(world, MappingSubject.ValueMap("sap-de", "centers"), """{"actor":"mara","values":{"DE":"YB600"}}""");
        await Publish(world, MappingSubject.AccountRules("sap-de"), Chart);
        await world.Deliver();
        await world.Tell("tamper/copy", new { companyCode = "1010", reference = "DE-2026-0000001", @as = "HAND-ENTRY-7" });
        (await world.TieOut()).Entities[0].Verdict.ShouldBe(Verdict.ReconciledWithWarnings);
        (await world.Rows<string>("select business_key from reconciliation.difference where category = 'balance' and target = 'sap-de' and business_key like '%41100000'"))
            .Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_account_of_ours_that_rules_lead_to_two_of_theirs_is_compared_on_each()
    {
        await using var world = await World.Start(postgres, 6);
        await world.Database.Execute("update customers.customer set country = 'AT' where code = 'C-2'");
        await Publish(world, MappingSubject.AccountRules("sap-de"),
            """{"actor":"mara","rules":[{"name":"Austria","when":{"ledger-account":"deferred-revenue","country":"AT"},"account":"41100000"}]}""");
        await world.Deliver();
        await world.AllPostedOnce();
        (await world.TieOut()).Verdict.ShouldBe(Verdict.Reconciled);
        (await world.Count("reconciliation.account_result where target = 'sap-de' and account = 'deferred-revenue' and ours = theirs and ours <> 0")).ShouldBe(2);
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

    /// <summary>December of DE: invoices in sap-us, one credit memo in sap-de.</summary>
    private static async Task<World> Split(PostgresFixture postgres)
    {
        var world = await World.Start(postgres, 6);
        await world.Deliver();
        await Publish(world, MappingSubject.Routes,
            """{"actor":"mara","rules":[{"name":"wave 1","when":{"legal-entity":"DE","from":"2026-12-01"},"target":"sap-us"}]}""");
        await world.Bill(World.NextMonth);
        await world.Credit("DE-2026-0000002", on: new DateOnly(2026, 12, 10));
        (await world.Deliver()).Waiting.ShouldBe(0);
        return world;
    }

    private static async Task<string> Posted(World world, string target) => (await world.Rows<string>(
        "select min(business_key) from posting.posting where month = '2026-12-01' and currency = 'EUR' and target = @target", new { target }))[0];

    [Fact]
    public async Task Customers_of_one_region_go_to_another_ERP_and_their_credit_memos_follow()
    {
        await using var world = await World.Start(postgres, 6);
        await world.Database.Execute(
            """
            update customers.customer set region = 'Bayern' where id in (
              select customer_id from customers.billing_account where id = (select billing_account_id from posting.posting where business_key = 'DE-2026-0000001'))
            """);
        await Publish(world, MappingSubject.Routes,
            """
            {"actor":"mara","rules":[{"name":"south","when":{"legal-entity":"DE","region":"Bayern"},"target":"sap-us"},
              {"name":"germany","when":{"legal-entity":"DE"},"target":"sap-de"}]}
            """);
        var memo = await world.Credit("DE-2026-0000001");

        (await world.Deliver()).Waiting.ShouldBe(0);

        var south = await Posting(world, "DE-2026-0000001");
        (south.State, south.Target, south.RoutedBy).ShouldBe(("posted", "sap-us", "routes 1, rule 'south'"));
        (await Posting(world, memo)).Target.ShouldBe("sap-us");
        (await Posting(world, "DE-2026-0000002")).RoutedBy.ShouldBe("routes 1, rule 'germany'");
        (await world.OpenCases()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("DE", "Bayern", "for customers in DE, Bayern.")]
    [InlineData("DE", "", "for customers in DE.")]
    [InlineData("", "", "in EUR.")]
    public void What_no_route_matches_is_told_with_the_customer_s_country_and_region(string country, string region, string end) => MappingFindings.NoRoute(
        "DE", new Facts(new DateOnly(2026, 11, 1)).With(MappingField.DocumentKind, "invoice").With(MappingField.Currency, "EUR")
            .With(MappingField.Country, country).With(MappingField.Region, region)).Cause.ShouldEndWith(end);

    internal static async Task Publish(World world, MappingSubject subject, string document)
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
