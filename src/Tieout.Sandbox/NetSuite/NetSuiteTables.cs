using System.Globalization;
using Tieout.Sandbox.SuiteQl;

namespace Tieout.Sandbox.NetSuite;

/// <summary>The stand-in's books as SuiteQL shows them.</summary>
internal static class NetSuiteTables
{
    // Periods of these years are shown; queries ask for months of today.
    private const int FirstYear = 2020;
    private const int Years = 16;

    /// <summary>The tables by name.</summary>
    public static IReadOnlyDictionary<string, SqlTable> Of(NetSuiteLedger ledger, NetSuiteMaster master) => new Dictionary<string, SqlTable>(StringComparer.Ordinal)
    {
        ["transaction"] = Transactions(ledger),
        ["transactionline"] = Lines(ledger),
        ["transactionaccountingline"] = AccountingLines(ledger),
        ["customer"] = Customers(master),
        ["accountingperiod"] = Periods(master),
        ["currency"] = SqlTable.Of(
            () => NetSuiteMaster.Currencies.OrderBy(one => one.Key).Select(one => new Coin(one.Key, one.Value)),
            Columns<Coin>(("id", one => Number(one.Id)), ("symbol", one => one.Symbol)),
            Found<Coin>(("id", value => Id(value) is { } id && NetSuiteMaster.Currencies.TryGetValue(id, out var symbol) ? [new Coin(id, symbol)] : []))),
        ["account"] = SqlTable.Of(
            () => NetSuiteMaster.Accounts.OrderBy(one => one.Key).Select(one => new Account(one.Key, one.Value)),
            Columns<Account>(("id", one => Number(one.Id)), ("accttype", one => one.Receivable ? "AcctRec" : "Other"), ("isinactive", _ => "F")),
            Found<Account>((
                "id", value => Id(value) is { } id && NetSuiteMaster.Accounts.TryGetValue(id, out var receivable) ? [new Account(id, receivable)] : []))),
    };

    private static SqlTable Transactions(NetSuiteLedger ledger) => SqlTable.Of(
        ledger.All,
        Columns<NetSuiteTransaction>(
            ("id", one => Number(one.Id)), ("externalid", one => one.ExternalId), ("tranid", one => $"JE{one.Id}"), ("type", one => one.Type),
            ("trandate", one => one.Date), ("postingperiod", one => Number(NetSuiteMaster.PeriodId(one.Period))), ("currency", one => Number(one.Currency)),
            ("posting", one => Truth(one.Posting)), ("voided", one => Truth(one.Voided)), ("memo", one => one.Memo)),
        Found<NetSuiteTransaction>(
            ("id", value => Id(value) is { } id && ledger.ById(id) is { } one ? [one] : []),
            ("externalid", value => value is string text ? ledger.Under(text) : [])));

    private static SqlTable Lines(NetSuiteLedger ledger) => SqlTable.Of(
        () => ledger.All().SelectMany(LinesOf),
        Columns<Line>(
            ("transaction", one => Number(one.Of.Id)), ("id", one => Number(one.Own.Id)), ("subsidiary", one => Number(one.Of.Subsidiary)),
            ("entity", one => one.Own.Entity == 0 ? null : Number(one.Own.Entity)), ("foreignamount", one => one.Own.Amount), ("memo", one => one.Own.Memo)),
        Found<Line>(("transaction", value => Id(value) is { } id && ledger.ById(id) is { } one ? LinesOf(one) : [])));

    // In the subsidiary's currency.
    private static SqlTable AccountingLines(NetSuiteLedger ledger) => SqlTable.Of(
        () => ledger.All().SelectMany(LinesOf),
        Columns<Line>(
            ("transaction", one => Number(one.Of.Id)), ("transactionline", one => Number(one.Own.Id)), ("account", one => Number(one.Own.Account)),
            ("amount", one => one.Of.Own(one.Own)), ("debit", one => one.Own.Amount > 0 ? one.Of.Own(one.Own) : null),
            ("credit", one => one.Own.Amount < 0 ? -one.Of.Own(one.Own) : null),
            ("accountingbook", _ => 1m), ("posting", one => Truth(one.Of.Posting))),
        Found<Line>(("transaction", value => Id(value) is { } id && ledger.ById(id) is { } one ? LinesOf(one) : [])));

    private static SqlTable Customers(NetSuiteMaster master) => SqlTable.Of(
        master.Customers,
        Columns<NetSuiteCustomer>(
            ("id", one => Number(one.Id)), ("externalid", one => one.ExternalId), ("entityid", one => one.EntityId), ("companyname", one => one.CompanyName),
            ("subsidiary", one => Number(one.Subsidiary)), ("isinactive", one => Truth(one.Inactive))),
        Found<NetSuiteCustomer>(
            ("id", value => Id(value) is { } id && master.Customer(id) is { } one ? [one] : []),
            ("externalid", value => value is string text && master.CustomerUnder(text) is { } one ? [one] : [])));

    // Quarters and years stand beside the months, as there; they take no postings.
    private static SqlTable Periods(NetSuiteMaster master) => SqlTable.Of(
        () => Enumerable.Range(FirstYear, Years).SelectMany(year => Enumerable.Range(1, 12).Select(month => Month(new DateOnly(year, month, 1)))
            .Append(new Period(Number(year * 100), new DateOnly(year, 1, 1), new DateOnly(year, 12, 31), IsYear: true))),
        Columns<Period>(
            ("id", one => one.Id), ("startdate", one => one.Start), ("enddate", one => one.End), ("isquarter", _ => "F"), ("isyear", one => Truth(one.IsYear)),
            ("closed", one => Truth(master.IsClosed(one.Start))), ("arlocked", one => Truth(master.IsClosed(one.Start))),
            ("alllocked", one => Truth(master.IsClosed(one.Start)))),
        Found<Period>(("id", value => Id(value) is { } id && NetSuiteMaster.PeriodStart(id) is { } start ? [Month(start)] : [])));

    private static Period Month(DateOnly start) => new(Number(NetSuiteMaster.PeriodId(start)), start, start.AddMonths(1).AddDays(-1), IsYear: false);

    private static IEnumerable<Line> LinesOf(NetSuiteTransaction transaction) => transaction.Lines.Select(line => new Line(transaction, line));

    private static decimal Number(long id) => id;

    private static string Truth(bool value) => value ? "T" : "F";

    private static long? Id(object value) => value switch
    {
        decimal number => (long)number,
        string text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static Dictionary<string, Func<T, object?>> Columns<T>(params (string Name, Func<T, object?> Read)[] columns) =>
        columns.ToDictionary(column => column.Name, column => column.Read, StringComparer.Ordinal);

    private static Dictionary<string, Func<object, IEnumerable<T>>> Found<T>(params (string Name, Func<object, IEnumerable<T>> Find)[] columns) =>
        columns.ToDictionary(column => column.Name, column => column.Find, StringComparer.Ordinal);

    private sealed record Line(NetSuiteTransaction Of, NetSuiteLine Own);

    private sealed record Coin(long Id, string Symbol);

    private sealed record Account(long Id, bool Receivable);

    private sealed record Period(decimal Id, DateOnly Start, DateOnly End, bool IsYear);
}
