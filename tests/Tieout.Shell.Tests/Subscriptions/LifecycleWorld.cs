using Tieout.Application.Subscriptions;
using Tieout.Domain.Subscriptions;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Subscriptions;

/// <summary>The seeded books, seen on 2026-11-05: S-1001 is a team plan in US dollars with 11 seats, in force since 2026-09-01.</summary>
internal sealed class LifecycleWorld : IAsyncDisposable
{
    public const string Code = "S-1001";

    private LifecycleWorld(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public static async Task<LifecycleWorld> Start(PostgresFixture postgres)
    {
        var database = await postgres.CreateDatabase();
        await Seed.Fill(database.Source);
        return new LifecycleWorld(database);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    public static AmendmentRequest Seats(string quantity, string? effective = null) => new()
    {
        Kind = "change-quantity",
        Component = "seats",
        Quantity = quantity,
        Effective = effective,
        Reason = "grew",
        Actor = "mara",
    };

    public static AmendmentRequest Of(string kind, string? effective = null) => new() { Kind = kind, Effective = effective, Reason = "agreed", Actor = "mara" };

    public static SubscriptionRequest New(string code) => new()
    {
        Code = code,
        Account = "A-1001",
        Plan = "team",
        Start = "2026-10-10",
        Components = [new() { Component = "platform" }, new() { Component = "seats", Quantity = "3", Price = "15.50" }],
        Reason = "signed",
        Actor = "mara",
    };

    public Task<AmendmentOutcome> Amend(AmendmentRequest request, string? key = null, string code = Code) =>
        new AmendSubscription(Database.Source, new Clock()).Run(code, request, key, CancellationToken.None);

    public Task<AmendmentOutcome> Create(SubscriptionRequest request, string? key = null) =>
        new CreateSubscription(Database.Source, new Clock()).Run(request, key, CancellationToken.None);

    public async Task<SubscriptionDetail> Show(string code = Code) =>
        (await new SubscriptionHistory(Database.Source, new Clock()).Run(code, CancellationToken.None)).ShouldNotBeNull();

    public static AmendmentAnswer Done(AmendmentOutcome outcome) => outcome.ShouldBeOfType<AmendmentOutcome.Done>().Answer;

    /// <summary>The component rows of a subscription: <c>seats 11 2026-09-01..2026-11-05 1-2</c>.</summary>
    public Task<string> Rows(string component, string code = Code) => Database.Scalar<string>(
        $"""
        select string_agg(concat(quantity::float8, ' ', from_date, '..', until_date, ' ', opened_by, '-', closed_by), '; ' order by from_date, from_time)
        from subscriptions.component join subscriptions.subscription s on s.id = subscription_id
        where s.code = '{code}' and component = '{component}'
        """);

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Seed.Now;
    }
}
