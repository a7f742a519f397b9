using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;

namespace Tieout.Application.Journals;

/// <summary>Which journals are wanted; what is null does not narrow.</summary>
/// <param name="LegalEntity">Its code.</param>
/// <param name="Month">The accounting month.</param>
/// <param name="Kind">A word of the kinds.</param>
/// <param name="After">Number of the last one of the page before.</param>
public sealed record JournalFilter(string? LegalEntity = null, AccountingMonth? Month = null, string? Kind = null, string? After = null);

/// <summary>Reads journal entries that are no invoices: those by hand, what takes them back, write-offs, payments, refunds, disputes.</summary>
public sealed class FindJournals(NpgsqlDataSource database)
{
    private const string Select =
        """
        select e.id, p.business_key as number, p.document_kind as kind, entity.code as legal_entity, e.entry_date, e.text,
               coalesce(j.reason, w.reason, m.reason, '') as reason, coalesce(j.actor, w.actor, m.actor, '') as actor,
               coalesce(before.business_key, '') as reverses, coalesce(after.business_key, '') as reversed_by,
               p.state, coalesce(p.target, '') as target, coalesce(p.erp_number, '') as erp_number, p.currency, p.amount, e.created_at
        from posting.posting p
        join ledger.journal_entry e on e.id = p.document_id and e.billing_account_id = p.billing_account_id
        join customers.legal_entity entity on entity.id = p.legal_entity_id
        left join ledger.manual_journal j on j.id = e.source_id
        left join invoicing.write_off w on w.id = e.source_id and w.billing_account_id = e.billing_account_id
        left join cash.movement m on m.entry_id = e.id
        left join posting.posting before on before.document_id = e.reverses
        left join ledger.journal_entry taking on taking.reverses = e.id
        left join posting.posting after on after.document_id = taking.id
        where p.tenant = 1 and p.document_kind not in ('invoice', 'credit-memo')
        """;

    private const string Lines =
        """
        select line.line_no, line.account, coalesce(account.code, '') as billing_account, coalesce(settled.number, '') as settles, line.amount, line.text,
               coalesce(line.functional, line.amount) as functional, entity.currency as books, sorted.dimensions::text as dimensions
        from ledger.journal_line line
        join customers.legal_entity entity on entity.id = line.legal_entity_id
        left join customers.billing_account account on account.id = line.billing_account_id
        left join invoicing.invoice settled on settled.id = line.settles and settled.billing_account_id = line.billing_account_id
        left join ledger.dimension_set sorted on sorted.id = line.dimension_set
        where line.entry_id = @Id
        order by line.line_no
        """;

    /// <summary>One by its number, with its lines; null when nothing has it.</summary>
    public async Task<Journal?> One(string number, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Read(connection, number, cancel);
    }

    /// <summary>One by the entry's id, with its lines.</summary>
    internal async Task<Journal?> One(Guid entry, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Read(connection, entry, cancel);
    }

    /// <summary>The same for those who have a connection: nobody asks for a second one while holding the first.</summary>
    internal static async Task<Journal?> Read(NpgsqlConnection connection, string number, CancellationToken cancel) => await WithLines(
        connection,
        await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            Select + " and p.business_key = @number", new { number }, cancellationToken: cancel)), cancel);

    /// <summary>The same by the entry's id.</summary>
    internal static async Task<Journal?> Read(NpgsqlConnection connection, Guid entry, CancellationToken cancel) => await WithLines(
        connection,
        await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            Select + " and p.document_id = @entry", new { entry }, cancellationToken: cancel)), cancel);

    /// <summary>The newest first, without their lines.</summary>
    public async Task<IReadOnlyList<Journal>> List(JournalFilter filter, int limit, CancellationToken cancel)
    {
        var rows = await database.Rows<Row>(
            Select +
            """
             and (@entity::text is null or entity.code = @entity) and (@month::date is null or p.month = @month) and (@kind::text is null or p.document_kind = @kind)
              and (@after::text is null or p.id < (select last.id from posting.posting last where last.tenant = 1 and last.business_key = @after))
            order by p.id desc
            limit @limit
            """, new { entity = filter.LegalEntity, month = filter.Month?.FirstDay, kind = filter.Kind, after = filter.After, limit }, cancel);
        return [.. rows.Select(Told)];
    }

    private static async Task<Journal?> WithLines(NpgsqlConnection connection, Row? row, CancellationToken cancel)
    {
        if (row is null) return null;
        var lines = await connection.QueryAsync<LineRow>(new CommandDefinition(Lines, new { row.Id }, cancellationToken: cancel));
        var currency = Currency.Of(row.Currency);
        return Told(row) with
        {
            Lines = [.. lines.Select(line => new BookedLine(
                line.LineNo, line.Account, line.BillingAccount, line.Settles, new Money(line.Amount, currency), line.Text,
                new Money(line.Functional, Currency.Of(line.Books)))
            { Dimensions = DimensionSets.Read(line.Dimensions).Codes })],
        };
    }

    private static Journal Told(Row row) => new(
        row.Id, row.Number, row.Kind, row.LegalEntity, row.EntryDate, row.Text, row.Reason, row.Actor, row.Reverses, row.ReversedBy, row.State, row.Target,
        row.ErpNumber, new Money(row.Amount, Currency.Of(row.Currency)), row.CreatedAt);

    private sealed record Row(
        Guid Id, string Number, string Kind, string LegalEntity, DateOnly EntryDate, string Text, string Reason, string Actor, string Reverses,
        string ReversedBy, string State, string Target, string ErpNumber, string Currency, decimal Amount, DateTimeOffset CreatedAt);

    private sealed record LineRow(
        int LineNo, string Account, string BillingAccount, string Settles, decimal Amount, string Text, decimal Functional, string Books,
        string? Dimensions);
}
