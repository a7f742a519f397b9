using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;
using Tieout.Domain.Posting;

namespace Tieout.Application.Journals;

/// <summary>One line of an entry on its way into the books.</summary>
/// <param name="Line">Account and amount; what it comes to in the books only where that is not to be found out.</param>
/// <param name="BillingAccount">Whose it is; null where no billing account is concerned.</param>
/// <param name="Settles">The invoice or credit memo it is about. Whether the ERP clears its item with it is decided once, here.</param>
/// <param name="Text">What it is for; may be empty.</param>
internal sealed record EntryLineToBook(JournalLine Line, Guid? BillingAccount, Guid? Settles = null, string Text = "");

/// <summary>An entry on its way into the books.</summary>
/// <param name="Source">What it is booked for: the write-off, the journal. It is booked once.</param>
/// <param name="Reverses">The entry it takes back; for reversals, and only for them.</param>
/// <param name="Id">The entry's own id, where something was written that names it; null for a new one.</param>
internal sealed record EntryToBook(
    EntryKind Kind, Guid Source, Guid LegalEntity, DateOnly Date, string Text, IReadOnlyList<EntryLineToBook> Lines,
    Guid? Correlation = null, Guid? Reverses = null, Guid? Id = null)
{
    /// <summary>The payment whose unapplied cash it moves; null for none.</summary>
    public Guid? Payment { get; init; }

    /// <summary>Somebody entered its lines: they take nothing out of open items, and all go by one rate.</summary>
    public bool ByHand { get; init; }

    /// <summary>That rate, units of the books' currency for one of the entry's; null for the rate of the day.</summary>
    public decimal? Rate { get; init; }
}

/// <summary>
/// Books an entry that is no invoice, with its number and its posting, inside the caller's transaction, who holds the lock of what it
/// settles. The number is taken late: it locks the series of the legal entity until the transaction ends, and goes back with it, so
/// there are no gaps.
/// </summary>
internal static class SaveEntry
{
    /// <summary>Answers the number.</summary>
    /// <exception cref="ArgumentException">The lines do not balance.</exception>
    /// <exception cref="Exchange.RateMissingException">It is in a foreign currency, and a rate of its day is needed and not there.</exception>
    public static async Task<string> Run(NpgsqlConnection connection, EntryToBook asked, DateTimeOffset now, CancellationToken cancel)
    {
        var entry = await ValueEntry.Run(connection, asked, cancel);
        var balanced = new JournalEntry(AccountingMonth.Of(entry.Date), entry.Date, [.. entry.Lines.Select(line => line.Line)]);
        var id = entry.Id ?? Guid.CreateVersion7(now);
        var correlation = entry.Correlation ?? entry.Source;
        await Book(connection, id, entry, balanced, correlation, now, cancel);
        var number = await TakeNumber(connection, entry.LegalEntity, entry.Date.Year, cancel);
        await Stage(connection, id, entry, balanced, correlation, number, now, cancel);
        return number;
    }

    /// <summary>What the entry does to what customers owe; where that is nothing, the sum of its debits.</summary>
    public static decimal Worth(IEnumerable<JournalLine> lines)
    {
        var all = lines.ToList();
        var owed = all.Where(line => LedgerAccount.OfCustomers.Contains(line.Account)).Sum(line => line.Amount.Amount);
        return owed != 0 ? owed : all.Sum(line => Math.Max(0, line.Amount.Amount));
    }

    // One account's entry lies with that account; of none or several, with the legal entity.
    private static Guid Owner(EntryToBook entry)
    {
        var accounts = entry.Lines.Select(line => line.BillingAccount).OfType<Guid>().Distinct().ToList();
        return accounts.Count == 1 ? accounts[0] : entry.LegalEntity;
    }

    private static Task Book(
        NpgsqlConnection connection, Guid id, EntryToBook entry, JournalEntry balanced, Guid correlation, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger.journal_entry
              (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, text, reverses, correlation_id, created_at)
            values (@id, @owner, @LegalEntity, @month, @Date, @kind, @Source, @Text, @Reverses, @correlation, @now);
            -- What makes an item owed again clears nothing in the ERP, nor does what settles it afterwards: the item is cleared already.
            insert into ledger.journal_line
              (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount, functional, settles, text, clears)
            select @id, no, billing_account, @LegalEntity, @month, ledger_account, @currency, line_amount, line_functional, settled, line_text,
                   @Reverses::uuid is null and line_amount <> 0
                   and exists (select from invoicing.invoice i where i.id = settled and sign(line_amount) <> sign(i.total))
                   and not exists (
                     select from invoicing.invoice i join ledger.journal_line again on again.settles = i.id and sign(again.amount) = sign(i.total)
                     where i.id = settled)
            from unnest(@owners, @accounts, @amounts, @functional, @settles, @texts) with ordinality
              as line (billing_account, ledger_account, line_amount, line_functional, settled, line_text, no);
            """,
            new
            {
                id,
                owner = Owner(entry),
                entry.LegalEntity,
                month = balanced.Month.FirstDay,
                entry.Date,
                kind = Words.Of(entry.Kind),
                entry.Source,
                entry.Text,
                entry.Reverses,
                correlation,
                now,
                currency = balanced.Lines[0].Amount.Currency.Code,
                owners = entry.Lines.Select(line => line.BillingAccount ?? entry.LegalEntity).ToArray(),
                accounts = entry.Lines.Select(line => line.Line.Account).ToArray(),
                amounts = entry.Lines.Select(line => line.Line.Amount.Amount).ToArray(),
                functional = entry.Lines.Select(line => line.Line.Functional?.Amount).ToArray(),
                settles = entry.Lines.Select(line => line.Settles).ToArray(),
                texts = entry.Lines.Select(line => line.Text).ToArray(),
            }, cancellationToken: cancel));

    private static async Task<string> TakeNumber(NpgsqlConnection connection, Guid entity, int year, CancellationToken cancel)
    {
        var (series, used) = await connection.QuerySingleAsync<(string, long)>(new CommandDefinition(
            """
            insert into invoicing.number_series as s (legal_entity_id, series, year, used)
            select id, entry_series, @year, 1 from customers.legal_entity where id = @entity
            on conflict (legal_entity_id, series, year) do update set used = s.used + 1
            returning series, used
            """, new { entity, year }, cancellationToken: cancel));
        return InvoiceNumber.Of(series, year, used);
    }

    private static Task Stage(
        NpgsqlConnection connection, Guid id, EntryToBook entry, JournalEntry balanced, Guid correlation, string number, DateTimeOffset now,
        CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        """
        insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount,
          state, correlation_id, created_at, changed_at)
        values (@posting, @owner, @LegalEntity, @kind, @id, @number, @month, @currency, @amount, 'staged', @correlation, @now, @now)
        """,
        new
        {
            posting = Guid.CreateVersion7(now),
            owner = Owner(entry),
            entry.LegalEntity,
            kind = Words.Of(entry.Kind),
            id,
            number,
            month = balanced.Month.FirstDay,
            currency = balanced.Lines[0].Amount.Currency.Code,
            amount = Worth(balanced.Lines),
            correlation,
            now,
        }, cancellationToken: cancel));
}
