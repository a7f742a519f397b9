using System.Text;
using System.Text.Json;
using Tieout.Application.Exceptions;
using Tieout.Application.Mapping;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Posting;

/// <summary>Published account rules and what a person sets for one document: a dry run shows what would go, and the person goes before the rule.</summary>
public sealed class SetFieldStories(PostgresFixture postgres)
{
    private const string NoSuchAccount = "49999999";

    [Fact]
    public async Task A_dry_run_goes_by_the_rules_in_force_and_a_set_account_before_them_into_the_erp()
    {
        await using var world = await World.Start(postgres, 6);
        await Publish(world, MappingSubject.AccountRules("sap-de"),
            $$"""{"actor":"mara","rules":[{"name":"typo","when":{"ledger-account":["revenue","deferred-revenue"]},"account":"{{NoSuchAccount}}"}]}""");
        await world.Deliver();
        var id = await AnyCase(world, "account-unknown");

        var tried = Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, null, default));
        tried.Preview.Lines.ShouldContain(line => line.Account == NoSuchAccount);
        tried.Request!.Text.ShouldContain(NoSuchAccount);
        GivenField[] given = [.. tried.Preview.Lines.Where(line => line.Account == NoSuchAccount)
            .Select(line => new GivenField { Field = "account", Place = line.Line, Value = "41000000" })];
        var mended = Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, given, default));
        mended.Request!.Text.ShouldNotContain(NoSuchAccount);
        mended.Changes.Select(change => (change.Before, change.After)).Distinct().ShouldBe([(NoSuchAccount, "41000000")]);

        Done(await new OverrideFields(world.Database.Source, TimeProvider.System).Run(id, given, "mara", "typo in the rule", default));
        await new ReplayException(world.Database.Source, TimeProvider.System).Run(id, "mara", "account set", default);
        await world.Deliver();
        (await world.Rows<string>($"select state from posting.posting where business_key = '{tried.BusinessKey}'")).ShouldBe(["posted"]);
        (await world.Held(tried.BusinessKey)).ShouldBe(1);
        var sent = Encoding.UTF8.GetString((await world.Rows<byte[]>("select request from posting.exchange where operation = 'journal-entry-post' order by id desc limit 1"))[0]);
        sent.ShouldContain("41000000");
        sent.ShouldNotContain(NoSuchAccount);
        (await world.Rows<string>(
            $"""
            select c ->> 'by' from mapping.choice choice
            join posting.posting p on p.id = choice.posting_id and p.business_key = '{tried.BusinessKey}' and choice.attempt = p.attempts,
            jsonb_array_elements(choice.choices) c where c ->> 'theirs' = '41000000'
            """)).Distinct().ShouldBe(["set for this document"]);
    }

    [Fact]
    public async Task What_no_rule_maps_would_be_refused_and_goes_once_a_person_has_set_it()
    {
        await using var world = await World.Start(postgres, 6);
        await Publish(world, MappingSubject.ValueMap("sap-de", "centers"), """{"actor":"mara","values":{"FR":"YB101"}}""");
        await Publish(world, MappingSubject.AccountRules("sap-de"),
            """
            {"actor":"mara","rules":[{"name":"centers","when":{"ledger-account":["revenue","deferred-revenue"]},
              "dimensions":{"profit-center":{"from":"country","map":"centers"}}}]}
            """);
        await world.Deliver();
        var id = await AnyCase(world, "dimension-unmapped");

        var tried = Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, null, default));
        (tried.Outcome, tried.Request).ShouldBe(("would-refuse", null));
        tried.Says.ShouldContain("country 'DE'");
        GivenField[] given = [new() { Field = "dimension", Place = "*/profit-center", Value = "YB600" }];
        Done(await new TryCase(world.Database.Source, world.Targets()).Run(id, given, default)).Request!.Text.ShouldContain("YB600");

        Done(await new OverrideFields(world.Database.Source, TimeProvider.System).Run(id, given, "mara", "centre agreed", default));
        var parked = (await new ReadMappingCoverage(world.Database.Source).Run(null, default))!;
        parked.Covered.ShouldBe(1);
        await new ReplayException(world.Database.Source, TimeProvider.System).Run(id, "mara", "centre set", default);
        await world.Deliver();
        (await world.Rows<string>($"select state from posting.posting where business_key = '{tried.BusinessKey}'")).ShouldBe(["posted"]);
    }

    private static async Task<Guid> AnyCase(World world, string code) =>
        (await world.Rows<Guid>($"select id from exceptions.exception_case where state = 'open' and code = '{code}' order by id limit 1"))[0];

    private static T Done<T>(CaseOutcome<T> outcome) => outcome.ShouldBeOfType<CaseDone<T>>().Value;

    private static async Task Publish(World world, MappingSubject subject, string document)
    {
        using var given = JsonDocument.Parse(document);
        var versions = new MappingVersions(world.Database.Source, TimeProvider.System);
        (await versions.PutDraft(subject, given.RootElement, default)).ShouldBeOfType<MappingOutcome.Done>();
        (await versions.Publish(subject, "juri", "", default)).ShouldBeOfType<MappingOutcome.Done>();
    }
}
