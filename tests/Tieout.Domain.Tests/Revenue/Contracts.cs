using System.Globalization;
using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>Short ways to say contracts and to read answers.</summary>
internal static class Contracts
{
    public static ServicePeriod Days(string start, string end) => new(Day(start), Day(end));

    public static Obligation Promise(string code, Satisfaction how, string start, string end, string ssp) => new()
    {
        Code = code,
        Satisfaction = how,
        Period = Days(start, end),
        Ssp = new SellingPrice(D(ssp), null, null),
    };

    public static RevenueContract Contract(string price, params IReadOnlyList<Obligation> promises) => new()
    {
        Code = "RC-1",
        Currency = Usd,
        Obligations = promises,
        Price = new TransactionPrice(D(price)),
    };

    public static RevenueEvent Invoice(string on, string amount) => new RevenueEvent.Invoiced(Day(on), "I" + on + amount, D(amount));

    public static RevenueEvent Credit(string on, string amount) => new RevenueEvent.Credited(Day(on), "C" + on + amount, D(amount));

    public static RevenueEvent Delivery(string on, string code) => new RevenueEvent.Delivered(Day(on), code);

    public static RevenueEvent Use(string on, string code, string quantity) => new RevenueEvent.Used(Day(on), code, D(quantity));

    public static RevenueEvent Close(string month) => new RevenueEvent.Closed(Month(month));

    public static RevenueEvent.Modified Change(string on, string price, params IReadOnlyList<Obligation> add) =>
        new(Day(on), 2, "agreed") { PriceChange = D(price), Add = add };

    /// <summary>Checks as the doors do, then answers.</summary>
    public static RevenueAnswer Recognised(RevenueContract contract, params IReadOnlyList<RevenueEvent> events)
    {
        ContractRules.Check(contract, events).ShouldBeEmpty();
        return Recognise.Run(contract, events);
    }

    /// <summary>The refusal in short: field and code.</summary>
    public static string Refused(RevenueContract contract, params IReadOnlyList<RevenueEvent> events)
    {
        var problems = ContractRules.Check(contract, events).Select(problem => $"{problem.Field} {problem.Code}").ToList();
        if (problems.Count > 0) return string.Join(", ", problems);
        var refused = Should.Throw<RevenueException>(() => Recognise.Run(contract, events));
        return $"{refused.Field} {refused.Code}";
    }

    /// <summary>The shares: <c>A 33.33, B 16.67</c>.</summary>
    public static string Shares(RevenueAnswer answer) => string.Join(", ", answer.Allocation.Select(part => $"{part.Obligation} {Plain(part.Amount)}"));

    /// <summary>Revenue by month, of one promise or of all: <c>2026-01 31.00, 2026-02 28.00</c>.</summary>
    public static string ByMonth(RevenueAnswer answer, string? code = null) => string.Join(", ", answer.Schedule
        .Where(line => code is null || line.Obligation == code).GroupBy(line => line.Month).OrderBy(month => month.Key)
        .Select(month => $"{month.Key} {Plain(month.Sum(line => line.Amount))}"));

    /// <summary>Revenue by calendar year.</summary>
    public static string ByYear(RevenueAnswer answer) => string.Join(", ", answer.Schedule.GroupBy(line => line.Month.FirstDay.Year).OrderBy(year => year.Key)
        .Select(year => string.Create(CultureInfo.InvariantCulture, $"{year.Key} {Plain(year.Sum(line => line.Amount))}")));

    /// <summary>Deferred revenue at a month's end; below zero for revenue not invoiced yet.</summary>
    public static decimal Deferred(RevenueAnswer answer, string month) => answer.Balances.Single(end => end.Month == Month(month)).Deferred;

    private static string Plain(decimal amount) => amount.ToString("0.00#", CultureInfo.InvariantCulture);
}
