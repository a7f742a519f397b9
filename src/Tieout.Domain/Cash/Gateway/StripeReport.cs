using System.Globalization;

namespace Tieout.Domain.Cash.Gateway;

/// <summary>A row of a report: a movement and the payout it is part of, or what is wrong with it.</summary>
/// <param name="Payout">Empty for none.</param>
/// <param name="Problem">The column that cannot be read; empty when all can.</param>
public sealed record StripeReportRow(GatewayFact.Movement? Movement, string Payout, string Problem);

/// <summary>
/// Reads Stripe's itemised report of payouts and of balance changes (CSV): one movement a row, in units of the currency with a point, days and times in UTC.
/// </summary>
/// <remarks>Source: Stripe's report types <c>payout_reconciliation.itemized</c> and <c>balance_change_from_activity.itemized</c>.</remarks>
public sealed class StripeReport
{
    private const string Id = "balance_transaction_id";
    private const string Created = "created_utc";
    private const string Available = "available_on_utc";
    private const string Category = "reporting_category";
    private static readonly string[] Needed = [Id, Created, Available, "currency", "gross", "fee", "net", Category, "source_id"];

    private readonly Dictionary<string, int> _columns;

    private StripeReport(Dictionary<string, int> columns) => _columns = columns;

    /// <summary>By the names of its columns. Null beside the first column that is missing.</summary>
    public static (StripeReport? Report, string Missing) Of(IReadOnlyList<string> header)
    {
        var columns = header.Index().GroupBy(pair => pair.Item.Trim(), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().Index, StringComparer.Ordinal);
        return Needed.FirstOrDefault(name => !columns.ContainsKey(name)) is { } missing ? (null, missing) : (new StripeReport(columns), "");
    }

    /// <summary>One row.</summary>
    public StripeReportRow Row(IReadOnlyList<string> cells)
    {
        if (Cell(cells, Id) is not { Length: > 0 } id) return Bad(Id);
        if (!Currency.TryOf(Cell(cells, "currency").ToUpperInvariant(), out var currency)) return Bad("currency");
        if (!TryMoney(cells, "gross", currency, out var gross)) return Bad("gross");
        if (!TryMoney(cells, "fee", currency, out var fee)) return Bad("fee");
        if (!TryMoney(cells, "net", currency, out var net) || gross - fee != net) return Bad("net");
        if (!TryTime(Cell(cells, Created), out var made)) return Bad(Created);
        if (!TryTime(Cell(cells, Available), out var available)) return Bad(Available);
        if (Kind(Cell(cells, Category)) is not { } kind) return Bad(Category);
        return new StripeReportRow(
            new GatewayFact.Movement(id, kind, Cell(cells, "source_id"), gross, fee, null, DateOnly.FromDateTime(available.UtcDateTime), made),
            Cell(cells, "automatic_payout_id"), "");
    }

    private static StripeReportRow Bad(string column) => new(null, "", column);

    private string Cell(IReadOnlyList<string> cells, string column) =>
        _columns.TryGetValue(column, out var place) && place < cells.Count ? cells[place].Trim() : "";

    private bool TryMoney(IReadOnlyList<string> cells, string column, Currency currency, out Money money)
    {
        var read = decimal.TryParse(
            Cell(cells, column), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount);
        money = new Money(amount, currency);
        return read && money.IsWhole;
    }

    private static bool TryTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static MovementKind? Kind(string category) => category switch
    {
        "charge" => MovementKind.Charge,
        "refund" => MovementKind.Refund,
        "refund_failure" => MovementKind.RefundFailed,
        "dispute" => MovementKind.Dispute,
        "dispute_reversal" => MovementKind.DisputeReversal,
        "fee" => MovementKind.Fee,
        "payout" => MovementKind.Payout,
        "payout_reversal" => MovementKind.PayoutFailed,
        _ => null,
    };
}
