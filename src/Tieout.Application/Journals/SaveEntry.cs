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
internal sealed record EntryLineToBook(JournalLine Line, Guid? BillingAccount, Guid? Settles = null, string Text = "")
{
    /// <summary>The invoice at whose rate it goes into the books, though it does not settle it: what was granted beside money. Null for none.</summary>
    public Guid? RateOf { get; init; }
}

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

    /// <summary>The ERP is told it in the currency of the books alone: its lines say what they come to there, and those of nothing stay ours.</summary>
    public bool ToldInBooks { get; init; }

    /// <summary>That rate, units of the books' currency for one of the entry's; null for the rate of the day.</summary>
    public decimal? Rate { get; init; }
}

/// <summary>
/// Books entries that are no invoices, with their numbers and their postings, inside the caller's transaction, who holds the lock of what
/// they settle. The numbers are taken late: that locks the series of the legal entity until the transaction ends, and they go back with it,
/// so there are no gaps.
/// </summary>
internal static class SaveEntry
{
    /// <summary>Answers the number.</summary>
    /// <exception cref="ArgumentException">The lines do not balance.</exception>
    /// <exception cref="Exchange.RateMissingException">It is in a foreign currency, and a rate of its day is needed and not there.</exception>
    public static async Task<string> Run(NpgsqlConnection connection, EntryToBook asked, DateTimeOffset now, CancellationToken cancel) =>
        (await Run(connection, [await ValueEntry.Run(connection, asked, cancel)], now, cancel))[0];

    /// <summary>Many in a few statements; answers their numbers, in their order.</summary>
    /// <param name="entries">Each says what it comes to in the books. None of them makes owed again what another one settles.</param>
    /// <exception cref="ArgumentException">The lines of one do not balance.</exception>
    public static async Task<IReadOnlyList<string>> Run(
        NpgsqlConnection connection, IReadOnlyList<EntryToBook> entries, DateTimeOffset now, CancellationToken cancel)
    {
        List<Booking> bookings =
        [
            .. entries.Select(entry => new Booking(
                entry.Id ?? Guid.CreateVersion7(now), entry,
                new JournalEntry(AccountingMonth.Of(entry.Date), entry.Date, [.. entry.Lines.Select(line => line.Line)]))),
        ];
        await Book(connection, bookings, now, cancel);
        await AddLines(connection, bookings, cancel);
        var numbers = await TakeNumbers(connection, bookings, cancel);
        await Stage(connection, bookings, numbers, now, cancel);
        return numbers;
    }

    /// <summary>What the entry does to what customers owe; where that is nothing, the sum of its debits.</summary>
    public static decimal Worth(IEnumerable<JournalLine> lines)
    {
        var all = lines.ToList();
        var owed = all.Where(line => LedgerAccount.OfCustomers.Contains(line.Account)).Sum(line => line.Amount.Amount);
        return owed != 0 ? owed : all.Sum(line => Math.Max(0, line.Amount.Amount));
    }

    private static Task Book(NpgsqlConnection connection, List<Booking> bookings, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ledger.journal_entry
              (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, text, reverses, correlation_id, created_at)
            select id, owner, entity, month, day, kind, source, text, reverses, correlation, @now
            from unnest(@ids, @owners, @entities, @months, @days, @kinds, @sources, @texts, @reverses, @correlations)
              as entry (id, owner, entity, month, day, kind, source, text, reverses, correlation)
            """,
            new
            {
                ids = bookings.Select(one => one.Id).ToArray(),
                owners = bookings.Select(one => one.Owner).ToArray(),
                entities = bookings.Select(one => one.Entry.LegalEntity).ToArray(),
                months = bookings.Select(one => one.Balanced.Month.FirstDay).ToArray(),
                days = bookings.Select(one => one.Entry.Date).ToArray(),
                kinds = bookings.Select(one => Words.Of(one.Entry.Kind)).ToArray(),
                sources = bookings.Select(one => one.Entry.Source).ToArray(),
                texts = bookings.Select(one => one.Entry.Text).ToArray(),
                reverses = bookings.Select(one => one.Entry.Reverses).ToArray(),
                correlations = bookings.Select(one => one.Correlation).ToArray(),
                now,
            }, cancellationToken: cancel));

    private static async Task AddLines(NpgsqlConnection connection, List<Booking> bookings, CancellationToken cancel)
    {
        List<(Booking Of, EntryLineToBook Line, int No)> lines =
            [.. bookings.SelectMany(one => one.Entry.Lines.Select((line, index) => (one, line, index + 1)))];
        var sets = await DimensionSets.Keep(connection, lines.Select(one => one.Line.Line.Dimensions), cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            -- What makes an item owed again clears nothing in the ERP, nor does what settles it afterwards: the item is cleared already.
            insert into ledger.journal_line
              (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount, functional, dimension_set, settles, text, clears)
            select entry, no, billing_account, entity, month, ledger_account, currency, line_amount, line_functional, sorted_by, settled, line_text,
                   reverses is null and line_amount <> 0
                   and exists (select from invoicing.invoice i where i.id = settled and sign(line_amount) <> sign(i.total))
                   and not exists (
                     select from invoicing.invoice i join ledger.journal_line again on again.settles = i.id and sign(again.amount) = sign(i.total)
                     where i.id = settled)
            from unnest(@entries, @nos, @owners, @entities, @months, @accounts, @currencies, @amounts, @functional, @sets, @settles, @texts, @reverses)
              as line (entry, no, billing_account, entity, month, ledger_account, currency, line_amount, line_functional, sorted_by, settled, line_text,
                reverses)
            """,
            new
            {
                entries = lines.Select(one => one.Of.Id).ToArray(),
                nos = lines.Select(one => one.No).ToArray(),
                owners = lines.Select(one => one.Line.BillingAccount ?? one.Of.Entry.LegalEntity).ToArray(),
                entities = lines.Select(one => one.Of.Entry.LegalEntity).ToArray(),
                months = lines.Select(one => one.Of.Balanced.Month.FirstDay).ToArray(),
                accounts = lines.Select(one => one.Line.Line.Account).ToArray(),
                currencies = lines.Select(one => one.Of.Currency).ToArray(),
                amounts = lines.Select(one => one.Line.Line.Amount.Amount).ToArray(),
                functional = lines.Select(one => one.Line.Line.Functional?.Amount).ToArray(),
                sets = lines.Select(one => sets.TryGetValue(one.Line.Line.Dimensions, out var set) ? set : (int?)null).ToArray(),
                settles = lines.Select(one => one.Line.Settles).ToArray(),
                texts = lines.Select(one => one.Line.Text).ToArray(),
                reverses = lines.Select(one => one.Of.Entry.Reverses).ToArray(),
            }, cancellationToken: cancel));
    }

    // A block for each series and year; always in the same order, so that two of us never wait in a circle.
    private static async Task<string[]> TakeNumbers(NpgsqlConnection connection, List<Booking> bookings, CancellationToken cancel)
    {
        var numbers = new string[bookings.Count];
        foreach (var group in bookings.Select((one, index) => (one.Entry, index)).GroupBy(one => (Entity: one.Entry.LegalEntity, one.Entry.Date.Year))
            .OrderBy(group => group.Key))
        {
            var (series, used) = await connection.QuerySingleAsync<(string, long)>(new CommandDefinition(
                """
                insert into invoicing.number_series as s (legal_entity_id, series, year, used)
                select id, entry_series, @Year, @count from customers.legal_entity where id = @Entity
                on conflict (legal_entity_id, series, year) do update set used = s.used + excluded.used
                returning series, used
                """, new { group.Key.Entity, group.Key.Year, count = group.LongCount() }, cancellationToken: cancel));
            var next = used - group.LongCount();
            foreach (var (_, index) in group) numbers[index] = InvoiceNumber.Of(series, group.Key.Year, ++next);
        }
        return numbers;
    }

    private static Task Stage(NpgsqlConnection connection, List<Booking> bookings, string[] numbers, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount,
              state, correlation_id, created_at, changed_at)
            select id, owner, entity, kind, document, number, month, currency, amount, 'staged', correlation, @now, @now
            from unnest(@ids, @owners, @entities, @kinds, @documents, @numbers, @months, @currencies, @amounts, @correlations)
              as posting (id, owner, entity, kind, document, number, month, currency, amount, correlation)
            """,
            new
            {
                ids = bookings.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                owners = bookings.Select(one => one.Owner).ToArray(),
                entities = bookings.Select(one => one.Entry.LegalEntity).ToArray(),
                kinds = bookings.Select(one => Words.Of(one.Entry.Kind)).ToArray(),
                documents = bookings.Select(one => one.Id).ToArray(),
                numbers,
                months = bookings.Select(one => one.Balanced.Month.FirstDay).ToArray(),
                currencies = bookings.Select(one => one.ToldIn).ToArray(),
                amounts = bookings.Select(one => one.Worth).ToArray(),
                correlations = bookings.Select(one => one.Correlation).ToArray(),
                now,
            }, cancellationToken: cancel));

    private sealed record Booking(Guid Id, EntryToBook Entry, JournalEntry Balanced)
    {
        public string Currency => Balanced.Lines[0].Amount.Currency.Code;

        // One that comes to nothing there on all lines is told in its own.
        private bool InBooks => Entry.ToldInBooks && Balanced.Lines.Any(line => !line.InBooks.IsZero);

        public string ToldIn => InBooks ? Balanced.Lines[0].InBooks.Currency.Code : Currency;

        public decimal Worth => SaveEntry.Worth(
            InBooks ? Balanced.Lines.Select(line => new JournalLine(line.Account, line.InBooks)) : Balanced.Lines);

        public Guid Correlation => Entry.Correlation ?? Entry.Source;

        // One account's entry lies with that account; of none or several, with the legal entity.
        public Guid Owner { get; } =
            Entry.Lines.Select(line => line.BillingAccount).OfType<Guid>().Distinct().ToList() is [var only] ? only : Entry.LegalEntity;
    }
}
