using Dapper;
using Npgsql;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Reconciliation;

namespace Tieout.Application.Reconciliation;

/// <summary>
/// Compares one legal entity's book in one ERP with what that ERP holds. PostgreSQL finds the keys that do not agree; what the
/// disagreement means is decided by <see cref="TieOut"/>.
/// </summary>
/// <param name="same">Names of all targets that are the same book of the same ERP, by the name of each.</param>
internal sealed class CompareBooks(NpgsqlDataSource database, TimeProvider clock, Guid run, AccountingMonth month, ILookup<string, string> same)
{
    // Breaks after which the same documents cannot have moved the same amounts.
    private static readonly BreakCategory[] Moving =
    [
        BreakCategory.Missing, BreakCategory.Duplicate, BreakCategory.Unexpected, BreakCategory.Currency, BreakCategory.Amount, BreakCategory.Tax,
    ];

    public async Task<EntityVerdict> Run(OurBook book, HeldBooks held, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var accounts = await CompareAccounts(connection, transaction, book, held);
        var onTheWay = await OnTheWay(connection, transaction, book, held);
        book = book with { Unproven = Math.Max(book.Unproven, onTheWay) };
        List<Break> breaks = held.Complete ? [.. await CompareDocuments(connection, transaction, book, held)] : [];
        // Accounts are the sum of documents: they say something of their own only where the documents agree.
        var agree = onTheWay == 0 && !breaks.Exists(found => Moving.Contains(found.Category));
        if (held.Complete && agree)
        {
            breaks.AddRange(AccountBreaks(book, accounts, [.. breaks]));
            breaks.AddRange(await CompareInBooks.Run(connection, transaction, book, held, run, month));
        }
        var theirs = await connection.QuerySingleAsync<Sums>(
            """
            select count(*) as documents, coalesce(sum(net), 0) as net, coalesce(sum(tax), 0) as tax, coalesce(sum(total), 0) as total
            from reconciliation.held_document
            where run_id = @run and target = @Target and currency = @Currency
              and (starts_with(business_key, @invoices) or starts_with(business_key, @credits) or starts_with(business_key, @entries))
            """, new { run, book.Target, invoices = book.KeyStarts[0], credits = book.KeyStarts[1], entries = book.KeyStarts[2], book.Currency }, transaction);
        var verdict = Verdicts.Of(book.Unproven, held.Complete, breaks);
        await SaveResult(connection, transaction, book, held, theirs, verdict);
        await SaveBreaks(connection, transaction, book, breaks);
        if (held.Complete) await BreakCases.Raise(connection, transaction, book, month, breaks, clock.GetUtcNow());
        await transaction.CommitAsync(cancel);
        return new EntityVerdict(
            book.LegalEntity, book.Currency, book.Target, verdict, book.Documents, book.Total, theirs.Documents, theirs.Total,
            book.Unproven, breaks.Count, held.Problem);
    }

    // Documents that the ERP may hold and our books do not call posted, or that were posted while the ERP was being read.
    private async Task<long> OnTheWay(NpgsqlConnection connection, NpgsqlTransaction transaction, OurBook book, HeldBooks held) =>
        await connection.QuerySingleAsync<long>(
            """
            select count(*)
            from posting.posting p
            where p.month = @month and p.legal_entity_id = @LegalEntityId and p.currency = @Currency and coalesce(p.target, @Home) = @Target
              and (p.state in ('staged', 'ready', 'sending', 'in-doubt') or p.state = 'posted' and p.changed_at >= @ReadFrom)
            """, new { month = month.FirstDay, book.LegalEntityId, book.Currency, book.Target, book.Home, held.ReadFrom }, transaction, commandTimeout: 600);

    private async Task<List<Break>> CompareDocuments(NpgsqlConnection connection, NpgsqlTransaction transaction, OurBook book, HeldBooks held)
    {
        var rows = await connection.QueryAsync<Pair>(
            """
            with ours as (
              select invoice.number as key, coalesce(posting.erp_number, '') as number, customer.code as customer, invoice.currency,
                     invoice.net, invoice.tax, invoice.total, posting.state, posting.changed_at
              from invoicing.invoice
              join customers.customer on customer.id = invoice.customer_id
              join posting.posting on posting.document_id = invoice.id
              where invoice.month = @month and invoice.legal_entity_id = @LegalEntityId and invoice.currency = @Currency
                and coalesce(posting.target, @Home) = @Target
              union all
              select posting.business_key, coalesce(posting.erp_number, ''), owed.customer, posting.currency, 0, 0, owed.total, posting.state, posting.changed_at
              from posting.posting
              cross join lateral (
                -- An entry on several customers is nobody's in particular.
                select coalesce(sum(line.amount), 0) as total, case when count(*) = 1 then max(customer.code) else '' end as customer
                from ledger.journal_line line
                join customers.billing_account account on account.id = line.billing_account_id
                join customers.customer on customer.id = account.customer_id
                where line.entry_id = posting.document_id and line.account = any(@owedOn) and line.amount <> 0) owed
              where posting.month = @month and posting.legal_entity_id = @LegalEntityId and posting.currency = @Currency
                and coalesce(posting.target, @Home) = @Target and posting.document_kind not in ('invoice', 'credit-memo')),
            theirs as (
              select *, count(*) over (partition by business_key) as copies
              from reconciliation.held_document
              where run_id = @run and target = @Target and (
                starts_with(business_key, @invoices) or starts_with(business_key, @credits) or starts_with(business_key, @entries)))
            select coalesce(ours.key, theirs.business_key) as key, ours.state as our_state, ours.number as our_number, ours.customer as our_customer,
                   ours.currency as our_currency, ours.net as our_net, ours.tax as our_tax, ours.total as our_total,
                   theirs.number as their_number, theirs.customer as their_customer, theirs.currency as their_currency,
                   theirs.net as their_net, theirs.tax as their_tax, theirs.total as their_total, theirs.month as their_month,
                   case when ours.key is null then (
                     select other.target from posting.posting other
                     where other.tenant = 1 and other.business_key = theirs.business_key and other.target <> all(@same)) end as elsewhere
            from ours full join theirs on theirs.business_key = ours.key
            where (ours.state = 'posted' and theirs.business_key is null and ours.changed_at < @ReadFrom)
               or (theirs.business_key is not null and ours.state in ('parked', 'cancelled'))
               or (ours.key is null and (theirs.currency = @Currency or @first and theirs.currency <> all(@others))
                 and not exists (
                   select from posting.posting other where other.tenant = 1 and other.business_key = theirs.business_key and other.month = @month
                     and (other.target is null or other.target = any(@same))))
               or (ours.state = 'posted' and theirs.business_key is not null and (theirs.copies > 1
                 or (ours.customer, ours.currency, ours.net, ours.tax, ours.total, @month::date)
                    is distinct from (theirs.customer, theirs.currency, theirs.net, theirs.tax, theirs.total, theirs.month)))
            order by 1, their_number
            """,
            new
            {
                run,
                month = month.FirstDay,
                book.LegalEntityId,
                book.Currency,
                book.Target,
                book.Home,
                same = same[book.Target].Append(book.Target).ToArray(),
                invoices = book.KeyStarts[0],
                credits = book.KeyStarts[1],
                entries = book.KeyStarts[2],
                owedOn = LedgerAccount.OfCustomers.ToArray(),
                held.ReadFrom,
                // A foreign document in a currency that the entity never invoiced is told with the entity's first currency.
                first = book.Currencies.StartsWith(book.Currency, StringComparison.Ordinal),
                others = book.Currencies.Split(','),
            }, transaction, commandTimeout: 600);
        return [.. rows.GroupBy(row => row.Key).SelectMany(group => group.First().Elsewhere is { } elsewhere
            ? group.Select(row => TieOut.Elsewhere(row.Theirs!, elsewhere))
            : TieOut.Compare(group.First().Ours(month), [.. group.Select(row => row.Theirs).OfType<BookDocument>()]))];
    }

    private async Task<List<AccountRow>> CompareAccounts(NpgsqlConnection connection, NpgsqlTransaction transaction, OurBook book, HeldBooks held)
    {
        var ours = await OurAccounts.Load(connection, transaction, book, month);
        // Two accounts of ours may be one of theirs; they are compared together.
        var rows = ours
            .GroupBy(row => row.Theirs.Length > 0 ? OurAccounts.AsHeld(row.Theirs, held) : TargetSettings.NamedFor(held.Accounts, row.Account) ?? "?")
            .Select(group => new AccountRow(
                string.Join('+', group.Select(row => row.Account).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
                group.Key, group.Sum(row => row.Amount),
                book.KeyStarts.Sum(start => held.Moved.GetValueOrDefault((start, group.Key, book.Currency))),
                held.Movements.TryGetValue((group.Key, book.Currency), out var movement) ? movement : null,
                held.Moved.Where(moved => moved.Key.Account == group.Key && moved.Key.Currency == book.Currency).Sum(moved => moved.Value)))
            .OrderBy(row => row.Account, StringComparer.Ordinal).ToList();
        await connection.ExecuteAsync(
            """
            insert into reconciliation.account_result (run_id, legal_entity_id, currency, target, account, erp_account, ours, theirs, movement)
            select @run, @LegalEntityId, @Currency, @Target, * from unnest(@accounts, @erpAccounts, @ours, @theirs, @movements)
            """,
            new
            {
                run,
                book.LegalEntityId,
                book.Currency,
                book.Target,
                accounts = rows.ConvertAll(row => row.Account).ToArray(),
                erpAccounts = rows.ConvertAll(row => row.ErpAccount).ToArray(),
                ours = rows.ConvertAll(row => row.Ours).ToArray(),
                theirs = rows.ConvertAll(row => row.Theirs).ToArray(),
                movements = rows.ConvertAll(row => row.Movement).ToArray(),
            }, transaction);
        return rows;
    }

    private static IEnumerable<Break> AccountBreaks(OurBook book, List<AccountRow> accounts, List<Break> documents)
    {
        var currency = Currency.Of(book.Currency);
        var moved = documents.Exists(found => found.Category == BreakCategory.Period);
        foreach (var row in accounts)
        {
            if (row.Ours != row.Theirs)
                yield return new Break(BreakCategory.Account, row.ErpAccount, "",
                    $"Our {row.Account} moved {row.Ours}; the same documents moved {row.Theirs} on account {row.ErpAccount} of the ERP.",
                    new Money(Math.Abs(row.Ours - row.Theirs), currency));
            else if (!moved && row.Movement is { } movement && movement != row.OnAccount)
                yield return new Break(BreakCategory.Balance, row.ErpAccount, "",
                    $"Account {row.ErpAccount} of the ERP moved {movement}; our documents account for {row.OnAccount}. Somebody else's entries stand on it.",
                    new Money(Math.Abs(movement - row.OnAccount), currency));
        }
    }

    private async Task SaveResult(
        NpgsqlConnection connection, NpgsqlTransaction transaction, OurBook book, HeldBooks held, Sums theirs, Verdict verdict) =>
        await connection.ExecuteAsync(
            """
            insert into reconciliation.result
              (run_id, legal_entity_id, currency, month, target, verdict, our_documents, our_net, our_tax, our_total,
               their_documents, their_net, their_tax, their_total, unproven, read_back_complete, problem, compared_at)
            values (@run, @LegalEntityId, @Currency, @month, @Target, @verdict, @Documents, @Net, @Tax, @Total,
               @theirDocuments, @theirNet, @theirTax, @theirTotal, @Unproven, @Complete, @Problem, @now)
            """,
            new
            {
                run,
                book.LegalEntityId,
                book.Currency,
                month = month.FirstDay,
                book.Target,
                verdict = Words.Of(verdict),
                book.Documents,
                book.Net,
                book.Tax,
                book.Total,
                theirDocuments = theirs.Documents,
                theirNet = theirs.Net,
                theirTax = theirs.Tax,
                theirTotal = theirs.Total,
                book.Unproven,
                held.Complete,
                held.Problem,
                now = clock.GetUtcNow(),
            }, transaction);

    private async Task SaveBreaks(NpgsqlConnection connection, NpgsqlTransaction transaction, OurBook book, List<Break> breaks) =>
        await connection.ExecuteAsync(
            """
            insert into reconciliation.difference (run_id, no, legal_entity_id, target, category, business_key, erp_number, cause, currency, amount)
            select @run, (select coalesce(max(no), 0) from reconciliation.difference where run_id = @run) + row_number() over (),
                   @LegalEntityId, @Target, category, key, number, cause, currency, amount
            from unnest(@categories, @keys, @numbers, @causes, @currencies, @amounts) as new (category, key, number, cause, currency, amount)
            """,
            new
            {
                run,
                book.LegalEntityId,
                book.Target,
                categories = breaks.ConvertAll(found => Words.Of(found.Category)).ToArray(),
                keys = breaks.ConvertAll(found => found.Key).ToArray(),
                numbers = breaks.ConvertAll(found => found.ErpNumber).ToArray(),
                causes = breaks.ConvertAll(found => found.Cause).ToArray(),
                currencies = breaks.ConvertAll(found => found.Money.Currency.Code).ToArray(),
                amounts = breaks.ConvertAll(found => found.Money.Amount).ToArray(),
            }, transaction);

    private sealed record Sums(long Documents, decimal Net, decimal Tax, decimal Total);

    /// <summary>One account of theirs.</summary>
    /// <param name="OnAccount">What documents of all our series moved on the account: another entity may share it.</param>
    private sealed record AccountRow(string Account, string ErpAccount, decimal Ours, decimal Theirs, decimal? Movement, decimal OnAccount);

    private sealed record Pair(
        string Key, string? OurState, string? OurNumber, string? OurCustomer, string? OurCurrency, decimal? OurNet, decimal? OurTax, decimal? OurTotal,
        string? TheirNumber, string? TheirCustomer, string? TheirCurrency, decimal? TheirNet, decimal? TheirTax, decimal? TheirTotal, DateOnly? TheirMonth,
        string? Elsewhere)
    {
        // What is not posted has no business in the ERP: it is compared as if we did not have it.
        public BookDocument? Ours(AccountingMonth month) => OurState == "posted"
            ? new(Key, OurNumber!, OurCustomer!, OurCurrency!, OurNet!.Value, OurTax!.Value, OurTotal!.Value, month)
            : null;

        public BookDocument? Theirs => TheirNumber is null
            ? null
            : new(Key, TheirNumber, TheirCustomer!, TheirCurrency!, TheirNet!.Value, TheirTax!.Value, TheirTotal!.Value, AccountingMonth.Of(TheirMonth!.Value));
    }
}
