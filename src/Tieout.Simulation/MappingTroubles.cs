using Tieout.Application.Mapping;
using Tieout.Domain.Mapping;

namespace Tieout.Simulation;

/// <summary>Somebody publishes routes and account rules while documents are on their way; the programs are not started anew for it.</summary>
internal sealed class MappingTroubles(SimulatedWorld world)
{
    private static readonly IReadOnlyDictionary<string, RuleValue> NoDimensions = new Dictionary<string, RuleValue>();

    private readonly Draw _draw = world.Draw;

    /// <summary>Publishes one version of something: routes with another wave, or another chart of accounts, now and then with a gap.</summary>
    public void Publish()
    {
        if (_draw.OneIn(3)) PublishRoutes();
        else PublishAccounts(_draw.Pick(world.Erps).Erp.Name, gap: _draw.OneIn(4));
    }

    /// <summary>What a gap has parked can be replayed from now on.</summary>
    public void CloseGaps()
    {
        foreach (var (erp, _) in world.Erps)
            if (world.Server.Books.Mapping.AccountsOf(erp.Name) is { Number: > 0, Rules: [{ TaxCode: null }] })
                PublishAccounts(erp.Name, gap: false);
    }

    // A wave: from today or tomorrow on, documents of one currency go to either ERP.
    private void PublishRoutes()
    {
        var day = DateOnly.FromDateTime(world.Time.Now.UtcDateTime).AddDays(_draw.Between(-1, 1));
        var (currency, erp) = (_draw.Pick(new[] { "EUR", "USD" }), _draw.Pick(world.Erps).Erp.Name);
        var rule = new RouteRule("wave", Conditions.None.With(MappingField.Currency, currency).During(day, null), erp);
        Put(MappingSubject.Routes, world.Server.Books.Mapping.RoutesNumber + 1, new MappingContent.Routes([rule]));
        world.Faults.Strike(Fault.MappingPublished, $"routes are published: {currency} goes to {erp} from {day:yyyy-MM-dd}");
    }

    private void PublishAccounts(string erp, bool gap)
    {
        var number = world.Server.Books.Mapping.AccountsOf(erp).Number + 1;
        var account = new RuleValue.Constant(FormattableString.Invariant($"{number}000"));
        var rule = new AccountRule("all", Conditions.None, account, gap ? null : new RuleValue.Constant("T"), NoDimensions);
        Put(MappingSubject.AccountRules(erp), number, new MappingContent.AccountRules([rule]));
        world.Faults.Strike(Fault.MappingPublished, $"account rules {number} of {erp} are published{(gap ? ", with a gap" : "")}");
    }

    private void Put(MappingSubject subject, int number, MappingContent content) =>
        world.Server.Books = world.Server.Books with { Mapping = world.Server.Books.Mapping.With(subject, number, content) };
}
