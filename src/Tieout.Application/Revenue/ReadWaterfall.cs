using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// The waterfall: what was deferred at a month's end, and in which months it is earned. Of sums by batch, so that it is quick; prepaid credit beside
/// it by grant, a page at a time.
/// </summary>
public sealed class ReadWaterfall(NpgsqlDataSource database)
{
    /// <summary>As the books stand now, seen at a month's end.</summary>
    /// <param name="legalEntity">Code of the one legal entity; null for all.</param>
    public async Task<RevenueReply> Run(string? legalEntity, AccountingMonth month, CancellationToken cancel)
    {
        if (LedgerBooks.OutOfTime(month) is { } no) return new RevenueReply.Refused(no.Field, no.Code, no.Reason, no.Remedy);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var entity = legalEntity is null ? null : await LedgerBooks.Entity(connection, legalEntity, cancel);
        if (legalEntity is not null && entity is null) return RevenueReply.UnknownEntity;
        await using var moment = await LedgerBooks.OneMoment(connection, cancel);
        var asked = new { legalEntity, month = month.FirstDay };
        var documents = await Rows<DocumentRow>(
            """
            select e.code as legal_entity, b.currency, sum(b.invoiced - b.credited) as net,
                   sum(b.invoiced) filter (where b.month = @month) as invoiced, sum(b.credited) filter (where b.month = @month) as credited
            from revenue.batch b join customers.legal_entity e on e.id = b.legal_entity_id
            where b.month <= @month and (@legalEntity::text is null or e.code = @legalEntity)
            group by e.code, b.currency
            """, asked);
        var earned = (await Rows<EarnedRow>(
            """
            select e.code as legal_entity, b.currency, coalesce(b.month > @month, false) as later, m.month, booking.month as booked, sum(m.amount) as amount
            from revenue.batch b
            join customers.legal_entity e on e.id = b.legal_entity_id
            join revenue.batch_month m on m.batch = b.id
            left join revenue.release r on r.batch = m.batch and r.month = m.month
            left join revenue.booking booking on booking.id = r.booking
            where (b.month is null or b.month <= @month or booking.month <= @month) and (@legalEntity::text is null or e.code = @legalEntity)
            group by e.code, b.currency, later, m.month, booked
            """, asked)).ToLookup(row => (row.LegalEntity, row.Currency));
        var unbilled = (await UnbilledBooks.Wanted(connection, entity?.Id, month, month, cancel)).ToLookup(row => (row.LegalEntity, row.Currency));
        var waiting = await connection.QuerySingleAsync<long>(new CommandDefinition(
            """
            select coalesce(sum(a.size), 0) from revenue.arrival a join customers.legal_entity e on e.id = a.legal_entity_id
            where @legalEntity::text is null or e.code = @legalEntity
            """, asked, cancellationToken: cancel));
        var net = documents.ToDictionary(row => (row.LegalEntity, row.Currency));
        var keys = net.Keys.Union(earned.Select(group => group.Key)).Order();
        return new RevenueReply.Waterfall(new RevenueWaterfall(
            month, waiting, [.. keys.Select(key => Row(key.LegalEntity, key.Currency, net.GetValueOrDefault(key), [.. earned[key]], [.. unbilled[key]], month))])
        {
            Prepaid = await Prepaid(connection, entity?.Id, month, cancel),
        });

        async Task<List<T>> Rows<T>(string sql, object parameters) =>
            (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, commandTimeout: 600, cancellationToken: cancel))).AsList();
    }

    // What may have lapsed and is not booked is no part of it: no day is needed.
    private static async Task<IReadOnlyList<PrepaidRow>> Prepaid(NpgsqlConnection connection, Guid? entity, AccountingMonth month, CancellationToken cancel)
    {
        SortedDictionary<(string LegalEntity, string Currency), PrepaidSales> sales = [];
        await foreach (var page in new PrepaidBooks(connection, DateOnly.MinValue).Pages(entity, cancel))
            foreach (var sold in page)
            {
                var key = (sold.LegalEntity, sold.Grant.Currency.Code);
                if (!sales.TryGetValue(key, out var months)) sales.Add(key, months = new PrepaidSales(sold.Grant.Currency, month));
                months.Add(sold.Grant);
            }
        return
        [
            .. from one in sales
               from row in one.Value.Rows
               select new PrepaidRow(one.Key.LegalEntity, row.Month, row.Sold, row.Credited, row.Drawn, row.Lapsed, row.Left),
        ];
    }

    private static WaterfallRow Row(string entity, string code, DocumentRow? documents, List<EarnedRow> earned, List<UnbilledRow> notInvoiced,
        AccountingMonth month)
    {
        var end = month.FirstDay;
        decimal Sum(Func<EarnedRow, bool> which) => earned.Where(which).Sum(row => row.Amount);
        var (net, invoiced, credited) = (documents?.Net ?? 0m, documents?.Invoiced ?? 0m, documents?.Credited ?? 0m);
        var (recognised, before) = (Sum(row => row.Booked == end), Sum(row => row.Booked < end));
        var deferred = net - recognised - before;
        decimal Unbilled(string account) => notInvoiced.Where(row => row.Account == account).Sum(row => row.Amount);
        var (unbilled, asset) = (Unbilled(LedgerAccount.UnbilledReceivable), Unbilled(LedgerAccount.ContractAsset));
        var currency = Currency.Of(code);
        Money Of(decimal amount) => new(amount, currency);
        return new WaterfallRow(
            entity, Of(deferred - invoiced + credited + recognised), Of(invoiced), Of(credited), Of(recognised), Of(deferred),
            Of(deferred + unbilled + asset), Of(unbilled), Of(asset),
            Of(Sum(row => !row.Later && row.Month <= end && !(row.Booked <= end))),
            [
                .. earned.Where(row => !row.Later && row.Month > end).GroupBy(row => row.Month).OrderBy(group => group.Key)
                    .Select(group => new MonthAmount(AccountingMonth.Of(group.Key), group.Sum(row => row.Amount))),
            ]);
    }

    private sealed record DocumentRow(string LegalEntity, string Currency, decimal Net, decimal? Invoiced, decimal? Credited);

    private sealed record EarnedRow(string LegalEntity, string Currency, bool Later, DateOnly Month, DateOnly? Booked, decimal Amount);
}
