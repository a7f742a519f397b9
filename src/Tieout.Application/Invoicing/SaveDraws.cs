using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>Books what charges draw from prepaid credit: wanted minus booked, as with the charges themselves.</summary>
internal static class SaveDraws
{
    public static async Task Run(NpgsqlConnection connection, IReadOnlyList<AccountDecision> decided, DateTimeOffset now, CancellationToken cancel)
    {
        var withCredit = decided.Where(item => item.Exceptions.Count == 0 && !item.PutOff && item.Account.Grants.Count > 0).ToList();
        await SaveRollovers.Run(connection, withCredit, now, cancel);
        var rows = withCredit.SelectMany(Rows).ToList();
        if (rows.Count == 0) return;
        await Bulk.Copy(connection,
            "credits.draw (billing_account_id, subscription_id, component, part_start, grant_id, revision, order_no, amount, drawn_on, created_at)",
            rows,
            (writer, row) => writer
                .Uuid(row.Account).Uuid(row.Key.Subscription.Value).Text(row.Key.Component).Date(row.Key.From).Uuid(row.Grant.Value)
                .Int(row.Revision).Int(row.Order).Number(row.Amount).Date(row.On).Instant(now),
            cancel);
    }

    private static IEnumerable<Row> Rows(AccountDecision item)
    {
        var booked = item.Account.Draws.ToDictionary(draw => (Plain(draw.Key), draw.Grant));
        var revisions = item.Account.Draws.GroupBy(draw => Plain(draw.Key)).ToDictionary(group => group.Key, group => group.Max(draw => draw.Revision));
        var orders = new Dictionary<LineKey, int>();
        foreach (var group in item.Wanted.Draws.GroupBy(draw => (Key: Plain(draw.Key), Grant: draw.Draw.Grant)))
        {
            var order = Next(orders, group.Key.Key);
            booked.Remove(group.Key, out var stands);
            var missing = group.Sum(draw => draw.Draw.Amount) - (stands?.Amount ?? 0m);
            if (missing != 0) yield return New(item, group.Key.Key, group.Key.Grant, missing, order, group.First().On, revisions);
        }
        foreach (var (key, left) in booked)
            if (left.Amount != 0) yield return New(item, key.Item1, key.Grant, -left.Amount, Next(orders, key.Item1), left.Key.From, revisions);
    }

    // Each part of a day counts its draws from 1: the order of what draws under one key is counted anew.
    private static int Next(Dictionary<LineKey, int> orders, LineKey key) => orders[key] = orders.GetValueOrDefault(key) + 1;

    private static Row New(
        AccountDecision item, LineKey key, CreditGrantId grant, decimal amount, int order, DateOnly on, Dictionary<LineKey, int> revisions) =>
        new(item.Account.Account.Id.Value, key, grant, revisions.GetValueOrDefault(key) + 1, order, amount, on);

    // Draws are kept by component and day; what a detail tells apart draws under one key.
    private static LineKey Plain(LineKey key) => key with { Detail = "" };

    private sealed record Row(Guid Account, LineKey Key, CreditGrantId Grant, int Revision, int Order, decimal Amount, DateOnly On);
}
