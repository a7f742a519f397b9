using Tieout.Application.Catalog;
using Tieout.Application.Subscriptions;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Catalog;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Subscriptions;

/// <summary>A plan that gives 14 days of trial since 2026-01-01, and 30 since 2026-06-01.</summary>
public sealed class TrialTests(PostgresFixture postgres)
{
    private const string Price =
        """{"component":"base","currency":"USD","recognition":"deferred","description":"Base","model":"flat","unit-price":"31.00"}""";

    [Theory]
    [InlineData("2026-03-01", null, null, null, "trialing", "2026-03-15", "14 days of the version in force")]
    [InlineData("2026-06-01", null, null, null, "trialing", "2026-07-01", "30 days of the next version")]
    [InlineData("2026-03-01", 0, null, null, "active", null, "none is asked for")]
    [InlineData("2026-03-01", 7, null, null, "trialing", "2026-03-08", "seven are asked for")]
    [InlineData("2026-03-01", null, "2026-04-01", null, "trialing", "2026-04-01", "an end is asked for")]
    [InlineData("2026-03-01", null, null, true, "draft", null, "a draft begins none by itself")]
    public async Task The_plans_trial_counts_unless_the_request_says_otherwise(
        string start, int? days, string? end, bool? draft, string state, string? paidFrom, string why)
    {
        await using var database = await Ready();
        var request = Request(start) with { TrialDays = days, TrialEnd = end, Draft = draft };
        var preview = (await new PreviewSubscription(database.Source, TimeProvider.System).Create(request, CancellationToken.None)).ShouldBeOfType<PreviewOutcome.Done>();
        (await new CreateSubscription(database.Source, TimeProvider.System).Run(request, null, CancellationToken.None)).ShouldBeOfType<AmendmentOutcome.Done>();
        (await database.Scalar<string>("select concat_ws(' ', state, trial_end) from subscriptions.subscription where code = 'T'"))
            .ShouldBe($"{state} {paidFrom}".TrimEnd(), why);
        preview.Preview.After.TrialEnd?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(paidFrom);
    }

    [Fact]
    public async Task Days_out_of_range_and_days_beside_an_end_are_refused()
    {
        await using var database = await Ready();
        var create = new CreateSubscription(database.Source, TimeProvider.System);
        foreach (var request in new[] { Request("2026-03-01") with { TrialDays = -1 }, Request("2026-03-01") with { TrialDays = 7, TrialEnd = "2026-04-01" } })
            (await create.Run(request, null, CancellationToken.None)).ShouldBeOfType<AmendmentOutcome.Unreadable>().Errors.Keys.ShouldBe(["trialDays"]);
    }

    private async Task<TestDatabase> Ready()
    {
        var database = await postgres.CreateDatabase();
        await SampleData.Subscriptions(database.Source, 1);
        var plans = new ChangePlan(database.Source);
        (await plans.Create(
            CatalogueTests.Json($$"""{"code":"try","name":"Try","publish":true,"trial-days":14,"prices":[{{Price}}]}"""), "ann", CancellationToken.None))
            .ShouldBeOfType<PlanOutcome.Done>();
        (await plans.AddVersion(
            "try", CatalogueTests.Json($$"""{"version":2,"effective-from":"2026-06-01","publish":true,"trial-days":30,"prices":[{{Price}}]}"""), "ann",
            CancellationToken.None)).ShouldBeOfType<PlanOutcome.Done>();
        return database;
    }

    private static SubscriptionRequest Request(string start) => new()
    {
        Code = "T",
        Account = "C-1",
        Plan = "try",
        Start = start,
        Components = [new ComponentRequest { Component = "base" }],
        Reason = "signed",
        Actor = "ann",
    };
}
