using System.Globalization;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Intake;

namespace Tieout.Application.Demo;

/// <summary>
/// The customers of the demo: the same for the same number, month and seed. About six in ten belong to the US company, at most
/// 40 subscriptions to the studio, the rest to the German one; every tenth subscription is a second one of a customer.
/// Around the month some start, some end in the middle, some have ended, some are yet to come.
/// </summary>
internal sealed class SampleRows(KnownBooks books, AccountingMonth month, ulong seed)
{
    private const int MostOfStudio = 40;
    private static readonly int[] Terms = [14, 30, 30, 30, 45, 60];
    private readonly SampleNumbers _numbers = new(seed);

    public IEnumerable<IncomingRow> Of(int subscriptions)
    {
        var studio = Math.Min(MostOfStudio, subscriptions / 10);
        IncomingRow? last = null;
        for (var index = 0; index < subscriptions; index++)
        {
            var entity = index < studio ? "ST" : _numbers.Percent(60) ? "US" : "DE";
            var again = last is not null && (index == studio ? 0 : 10) > _numbers.Below(100);
            var (customer, account) = again ? (last!.Customer, last.Account!) : Customer(index, entity);
            last = new IncomingRow(customer, account, Subscription(index, account.Currency));
            yield return last;
        }
    }

    private (IncomingCustomer Customer, IncomingAccount Account) Customer(int index, string entity)
    {
        var abroad = _numbers.Percent(12);
        var country = entity switch
        {
            "US" when abroad => _numbers.OneOf(["CA", "JP"]),
            "DE" when abroad => _numbers.OneOf(["FR", "PL", "GR"]),
            "ST" => "DE",
            _ => entity,
        };
        var tax = (entity, country) switch
        {
            ("ST", _) or ("DE", "DE") => "DE-19",
            ("DE", _) => "DE-REVERSE",
            ("US", "US") => "US-CA",
            _ => "US-EXEMPT",
        };
        var number = index.ToString("000000", CultureInfo.InvariantCulture);
        var company = books.LegalEntities[entity];
        return (
            new IncomingCustomer($"C-{number}", SampleNames.Of(country, _numbers), country) { Details = SampleAddresses.Of(country, index) },
            new IncomingAccount($"A-{number}", company.Id, company.Currency, tax, entity == "ST" ? 30 : _numbers.OneOf(Terms)));
    }

    private IncomingSubscription Subscription(int index, Currency currency)
    {
        var plan = books.Plans[_numbers.Below(100) switch { < 45 => "STARTER", < 85 => "TEAM", _ => "ENTERPRISE" }];
        var (start, end) = Term();
        List<IncomingComponent> components = [new("base", Price(plan, "base", currency), 1, Discount(plan, currency))];
        if (plan.Code != "STARTER")
            components.Add(new("seats", Price(plan, "seats", currency), 2 + _numbers.Below(plan.Code == "TEAM" ? 40 : 400), null));
        if (plan.Code == "ENTERPRISE" && _numbers.Percent(60))
            components.Add(new("storage", Price(plan, "storage", currency), 100 + _numbers.Below(9_000) / 4m, null));
        if (plan.Code != "STARTER" && _numbers.Percent(30))
            components.Add(new("support", Price(plan, "support", currency), 1, null));
        return new IncomingSubscription($"S-{index.ToString("000000", CultureInfo.InvariantCulture)}", plan.Id, start, end, components);
    }

    // One in twenty bargained: a tenth to a third off the platform fee.
    private decimal? Discount(KnownPlan plan, Currency currency)
    {
        if (!_numbers.Percent(5)) return null;
        var price = SampleCatalogue.Books.Plans.Single(other => other.Code == plan.Code).Prices
            .Single(other => other.Component == "base" && other.Currency == currency);
        return Rounding.HalfAwayFromZero(((ChargeModel.Flat)price.Model).Amount * (100 - 10 - _numbers.Below(24)) / 100, 2);
    }

    private (DateOnly Start, DateOnly? End) Term()
    {
        var days = month.Period.Days;
        var past = month.FirstDay.AddMonths(-1 - _numbers.Below(36)).AddDays(_numbers.Below(28));
        return _numbers.Below(100) switch
        {
            < 9 => (month.FirstDay.AddDays(1 + _numbers.Below(days - 1)), null),
            < 16 => (past, month.FirstDay.AddDays(1 + _numbers.Below(days - 1))),
            < 18 => (month.FirstDay.AddDays(3), month.FirstDay.AddDays(10 + _numbers.Below(10))),
            < 22 => (past.AddYears(-1), month.FirstDay.AddDays(-_numbers.Below(20))),
            < 25 => (month.FirstDay.AddMonths(1 + _numbers.Below(3)), null),
            < 40 => (past, month.FirstDay.AddMonths(2 + _numbers.Below(12))),
            _ => (past, null),
        };
    }

    private static Guid Price(KnownPlan plan, string component, Currency currency) => plan.PricesOn(DateOnly.MaxValue)[(component, currency.Code)];
}
