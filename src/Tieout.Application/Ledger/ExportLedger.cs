using System.Text;
using Dapper;
using Npgsql;
using Tieout.Application.Journals;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Ledger.Exports;

namespace Tieout.Application.Ledger;

/// <summary>Which books to write.</summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="From">The first month; null for the first in which something is booked.</param>
/// <param name="Until">The last month, included; null for the last in which something is booked.</param>
public sealed record ExportQuestion(string Entity, ExportFormat Format, AccountingMonth? From, AccountingMonth? Until);

/// <summary>
/// Writes the entries of a legal entity for hledger or beancount, an entry at a time: what is held in memory does not grow with the
/// books. Everything in a file is of one moment.
/// </summary>
public sealed class ExportLedger(NpgsqlDataSource database)
{
    private const int BufferSize = 64 * 1024;

    private const string Lines =
        """
        select e.id, e.entry_date as day, e.month, e.source_kind as kind, e.text, e.correlation_id as correlation,
               coalesce(p.business_key, '') as number, coalesce(back.business_key, '') as reverses,
               l.account, l.currency, l.amount, l.functional, l.text as line_text, d.dimensions::text as dimensions,
               coalesce(a.code, '') as billing_account, coalesce(settled.number, '') as settles
        from ledger.journal_entry e
        join ledger.journal_line l on l.entry_id = e.id
        left join ledger.dimension_set d on d.id = l.dimension_set
        left join posting.posting p on p.document_id = case when e.source_kind in ('invoice', 'credit-memo') then e.source_id else e.id end
        left join posting.posting back on back.document_id = e.reverses
        left join customers.billing_account a on a.id = l.billing_account_id
        left join invoicing.invoice settled on settled.id = l.settles and settled.billing_account_id = l.billing_account_id
        where e.tenant = 1 and e.legal_entity_id = @entity and e.month between @from and @until and e.source_kind collate "C" <> ''
        order by e.month, e.entry_date, e.id, l.line_no
        """;

    /// <summary>Whether that can be written; if so, the answer writes it, as often as asked.</summary>
    public async Task<LedgerAnswer> Run(ExportQuestion question, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await LedgerBooks.Entity(connection, question.Entity, cancel) is not { } entity) return LedgerBooks.UnknownEntity;
        var (first, last) = await connection.QuerySingleAsync<(DateOnly?, DateOnly?)>(new CommandDefinition(
            "select min(month), max(month) from ledger.turnover where tenant = 1 and legal_entity_id = @Id", new { entity.Id }, cancellationToken: cancel));
        if (first is null || last is null)
            return new LedgerAnswer.Refused("entity", "nothing-booked", "nothing is booked for this legal entity", "Take one with entries.");
        var (from, until) = (question.From ?? AccountingMonth.Of(first.Value), question.Until ?? AccountingMonth.Of(last.Value));
        if (LedgerBooks.Range(from, until) is { } wide) return wide;
        var file = LedgerFile.For(question.Format);
        return new LedgerAnswer.File(
            $"{entity.Code}-{from}-{until}.{file.Extension}", (stream, stop) => Write(stream, file, entity, from, until, stop));
    }

    private async Task<long> Write(
        Stream stream, LedgerFile file, LedgerEntity entity, AccountingMonth from, AccountingMonth until, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await LedgerBooks.OneMoment(connection, cancel);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize, leaveOpen: true);
        var chart = await LedgerBooks.Chart(connection, entity.Id, cancel);
        var opening = Balances(await ReadTrialBalance.Movements(connection, entity.Id, AccountingMonth.Of(from.FirstDay.AddDays(-1)), at: null, cancel), chart);
        var closing = Balances(await ReadTrialBalance.Movements(connection, entity.Id, until, at: null, cancel), chart);
        var currencies = closing.Select(balance => balance.Amount.Currency).Distinct().OrderBy(currency => currency.Code, StringComparer.Ordinal);
        var head = new ExportHead(entity.Code, entity.Name, Currency.Of(entity.Currency), from, until, chart, [.. currencies]);
        await writer.WriteAsync(file.Head(head, opening.FindAll(balance => !balance.Amount.IsZero)).AsMemory(), cancel);
        var (entries, after) = (0L, until.Period.End);
        var rows = connection.QueryUnbufferedAsync<Row>(
            Lines, new { entity = entity.Id, from = from.FirstDay, until = until.FirstDay }, transaction, commandTimeout: 0);
        List<Row> together = [];
        await foreach (var row in rows.WithCancellation(cancel))
        {
            if (together.Count > 0 && together[0].Id != row.Id) await Put();
            together.Add(row);
        }
        if (together.Count > 0) await Put();
        await writer.WriteAsync(file.Closing(after, closing).AsMemory(), cancel);
        return entries;

        async Task Put()
        {
            var entry = Told(together, chart, head.BooksCurrency);
            together.Clear();
            entries++;
            if (entry.Date >= after) after = entry.Date.AddDays(1);
            await writer.WriteAsync(file.Entry(entry).AsMemory(), cancel);
        }
    }

    private static List<ExportBalance> Balances(IEnumerable<AccountMovement> movements, ChartOfAccounts chart) =>
        [.. TrialBalance.Of(movements, chart).Lines.Select(line => new ExportBalance(chart[line.Account], line.Closing))];

    private static ExportEntry Told(List<Row> rows, ChartOfAccounts chart, Currency books)
    {
        var first = rows[0];
        return new ExportEntry(
            first.Id, first.Number, first.Kind, first.Day, AccountingMonth.Of(first.Month), first.Text, first.Correlation, first.Reverses,
            [.. rows.Select(row => new ExportLine(
                chart[row.Account], new Money(row.Amount, Currency.Of(row.Currency)), row.BillingAccount, row.Settles, row.LineText,
                row.Functional is { } functional ? new Money(functional, books) : null)
            { Dimensions = DimensionSets.Read(row.Dimensions) })]);
    }

    private sealed record Row(
        Guid Id, DateOnly Day, DateOnly Month, string Kind, string Text, Guid Correlation, string Number, string Reverses, string Account, string Currency,
        decimal Amount, decimal? Functional, string LineText, string? Dimensions, string BillingAccount, string Settles);
}
