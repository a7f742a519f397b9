using Tieout.Application.Exceptions;
using Tieout.Application.Posting;
using Tieout.Application.Views;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Posting;

namespace Tieout.Shell.Tests.Exceptions;

/// <summary>Invoices that are parked because no account is named for revenue, before an SAP stand-in that would take them otherwise.</summary>
internal static class CaseWorld
{
    public static ExceptionFilter Open { get; } = new(null, null, null, "open", null, null);

    public static async Task<World> Parked(PostgresFixture postgres, int invoices)
    {
        var world = await World.Start(postgres, invoices);
        await world.Deliver(Broken(world));
        (await world.Count("posting.posting where state = 'parked'")).ShouldBe(invoices);
        return world;
    }

    /// <summary>Targets without an account for revenue.</summary>
    public static IReadOnlyList<DeliveryTarget> Broken(World world) => [.. new[] { "1710", "1010" }.Select(company =>
    {
        var settings = world.Settings(company);
        var accounts = settings.Accounts.Where(pair => pair.Key is not ("revenue" or "deferred-revenue"))
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        return world.Target(settings with { Accounts = accounts });
    })];

    public static async Task<Guid> AnyCase(World world) =>
        (await world.Rows<Guid>("select id from exceptions.exception_case where state = 'open' and subject_kind = 'posting' order by id limit 1"))[0];

    public static ReplayPlans Plans(World world) => new(world.Database.Source, TimeProvider.System);

    public static CarryOutPlan CarryOut(World world) => new(world.Database.Source, TimeProvider.System);

    public static T Done<T>(CaseOutcome<T> outcome) => outcome.ShouldBeOfType<CaseDone<T>>().Value;
}
