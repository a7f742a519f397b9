using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Domain;

namespace Tieout.Application.Revenue;

/// <summary>
/// Reads what is deferred, invoiced, credited, earned and not invoiced by subscription, billing account, document or given contract, page by page, and
/// beside the first page what all of it comes to and what the ledger has.
/// </summary>
public sealed class ReadRevenueBalances(NpgsqlDataSource database)
{
    /// <summary>One page, from one moment of the books; it may have fewer rows than asked for and others behind it.</summary>
    public async Task<RevenueReply> Run(BalancesQuestion question, int limit, CancellationToken cancel)
    {
        if (LedgerBooks.OutOfTime(AccountingMonth.Of(question.On)) is { } no) return new RevenueReply.Refused("on", no.Code, no.Reason, no.Remedy);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await LedgerBooks.Entity(connection, question.LegalEntity, cancel) is not { } entity) return RevenueReply.UnknownEntity;
        await using var moment = await LedgerBooks.OneMoment(connection, cancel);
        var totals = new BalanceTotals(connection, entity.Id, question.On);
        var toMove = await totals.ToMove(cancel);
        var (rows, next) = await Page(new BalanceRows(connection, entity.Id, question.On), totals, toMove, question, limit, cancel);
        return new RevenueReply.Balances(new RevenueBalances(
            entity.Code, question.On, question.By, [.. rows.Where(row => !row.IsNothing).Select(row => row.Told())],
            question.After is null ? await totals.BesideLedger(await totals.All(toMove, cancel), cancel) : [], next?.ToString()));
    }

    private static async Task<(List<FoundBalance> Rows, BalanceCursor? Next)> Page(
        BalanceRows rows, BalanceTotals totals, IReadOnlyDictionary<string, decimal> toMove, BalancesQuestion question, int limit, CancellationToken cancel)
    {
        List<FoundBalance> page = [];
        var stretches = BalanceRows.Stretches(question.By);
        var (stretch, after) = question.After is { } cursor ? (cursor.Stretch, cursor.Key) : (0, "");
        for (; stretch < stretches.Count; stretch++, after = "")
        {
            var wanted = limit - page.Count;
            if (wanted == 0) return (page, new BalanceCursor(stretch, after));
            if (stretches[stretch] == BalanceKind.NoContract)
            {
                page.AddRange(await Others(rows, totals, toMove, cancel));
                continue;
            }
            var found = await rows.Find(question.By, stretches[stretch], after, wanted + 1, [.. toMove.Keys], cancel);
            page.AddRange(found.Take(wanted));
            if (found.Count > wanted) return (page, new BalanceCursor(stretch, page[^1].Key));
        }
        return (page, null);
    }

    // All that no given contract covers: everything less the contracts.
    private static async Task<IEnumerable<FoundBalance>> Others(
        BalanceRows rows, BalanceTotals totals, IReadOnlyDictionary<string, decimal> toMove, CancellationToken cancel)
    {
        var contracts = (await rows.AllContracts(cancel)).ToDictionary(row => row.Currency, StringComparer.Ordinal);
        return (await totals.All(toMove, cancel)).Select(all => contracts.TryGetValue(all.Currency, out var covered) ? all.And(covered, -1) : all);
    }
}
