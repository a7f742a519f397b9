using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Banks;
using Tieout.Application.Exchange;
using Tieout.Application.Invoicing;
using Tieout.Application.Ledger;
using Tieout.Application.Payments;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Journals;

/// <summary>
/// Books what somebody enters by hand: manual journals, and revenue journals out of what was invoiced before. Each is an entry of its
/// own that is never changed, with a number and a posting.
/// </summary>
public sealed class BookJournal(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Reads and books a journal in one transaction, or nothing of it.</summary>
    /// <param name="document">docs/credits.md describes its members.</param>
    /// <param name="actor">Who asks; null when the document says.</param>
    /// <param name="key">The same key again answers with what the first gave; null is refused.</param>
    public async Task<JournalOutcome> Add(JsonElement document, string? actor, string? key, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        if (GivenText.KeyProblem(key) is { } bad) problems.Add(new PriceProblem("idempotency-key", "bad-key", bad, "Give one."));
        if (JournalDocument.Read(document, actor, problems) is not { } journal || problems.Count > 0) return new JournalOutcome.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Entity(connection, journal.LegalEntity, cancel) is not { } known)
            return new JournalOutcome.Refused("legal-entity", "unknown-entity", "no legal entity has this code", "Correct the code.");
        await BillingLock.Alone(connection, known.Id, cancel);
        var entity = (await Entity(connection, journal.LegalEntity, cancel))!;
        if (await Earlier(connection, key!, journal.Content, cancel) is { } earlier) return earlier;
        if (Closed("date", journal.Date, entity.ClosedThrough) is { } closed) return closed;
        var accounts = (await Accounts(connection, journal, cancel)).ToDictionary(account => account.Code, StringComparer.Ordinal);
        var banks = await BankPlaces.Of(connection, [entity.Id], cancel);
        if ((AccountRefusal(journal, entity, accounts) ?? BankRefusal(journal, banks) ?? await OwnRefusal(connection, journal, entity, cancel)
            ?? RateRefusal(journal, entity)) is { } refused) return refused;

        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var entry = new EntryToBook(
            journal.Kind, id, entity.Id, journal.Date, journal.Text,
            [.. journal.Lines.Select(line => new EntryLineToBook(
                new JournalLine(line.Account, new Money(line.Amount, journal.Currency)) { Dimensions = line.Dimensions },
                line.BillingAccount is { } code ? accounts[code].Id : null, Text: line.Text))])
        { ByHand = true, Rate = journal.Rate };
        try
        {
            var number = await SaveJournal.Run(
                connection, entry, new GivenJournal(journal.Reason, journal.Actor, key!, journal.Content, $"Journal: {journal.Reason}"), clock.GetUtcNow(), cancel);
            await transaction.CommitAsync(cancel);
            return new JournalOutcome.Done((await FindJournals.Read(connection, number, cancel))!, Again: false);
        }
        catch (RateMissingException missing)
        {
            return CashDoor.NoRate("date", missing);
        }
    }

    private static async Task<JournalOutcome?> Earlier(NpgsqlConnection connection, string key, string content, CancellationToken cancel)
    {
        var earlier = await GivenOnce.Find(connection, key, content, cancel);
        if (earlier is GivenOnce.Earlier.Other)
            return new JournalOutcome.Refused(
                GivenOnce.Refused.Field, GivenOnce.Refused.Code, GivenOnce.Refused.Reason, GivenOnce.Refused.Remedy);
        if (earlier is not GivenOnce.Earlier.Same(var source)) return null;
        var entry = await connection.QuerySingleAsync<Guid>(new CommandDefinition(
            "select id from ledger.journal_entry where source_id = @source and source_kind in ('manual-journal', 'revenue-journal')", new { source },
            cancellationToken: cancel));
        return new JournalOutcome.Done((await FindJournals.Read(connection, entry, cancel))!, Again: true);
    }

    private static JournalOutcome.Refused? Closed(string field, DateOnly day, DateOnly? through) => day <= through
        ? new JournalOutcome.Refused(field, "month-closed", $"the books are closed through {through:yyyy-MM-dd}", "Take a day of an open month.")
        : null;

    private static JournalOutcome.Refused? AccountRefusal(JournalDocument journal, EntityRow entity, Dictionary<string, AccountRow> accounts)
    {
        for (var index = 0; index < journal.Lines.Count; index++)
        {
            if (journal.Lines[index].BillingAccount is not { } code) continue;
            var field = $"lines[{index}].billing-account";
            if (!accounts.TryGetValue(code, out var account))
                return new JournalOutcome.Refused(field, "unknown-account", "there is no billing account with this code", "Correct the code.");
            if (account.LegalEntityId != entity.Id)
                return new JournalOutcome.Refused(field, "other-entity", "this billing account belongs to another legal entity", "Book it there.");
            if (account.Currency != journal.Currency.Code)
                return new JournalOutcome.Refused(field, "other-currency", $"this billing account pays in {account.Currency}", "Book it in that currency.");
        }
        return null;
    }

    // Lines on further bank accounts are of the legal entity's own, in their currency.
    private static JournalOutcome.Refused? BankRefusal(JournalDocument journal, IReadOnlyList<BankPlace> banks)
    {
        foreach (var (index, line) in journal.Lines.Index().Where(one => LedgerAccount.Role(one.Item.Account) != one.Item.Account))
        {
            var field = $"lines[{index}].account";
            if (banks.FirstOrDefault(one => one.Account == line.Account) is not { } bank)
                return new JournalOutcome.Refused(
                    field, "unknown-bank-account", "the legal entity has no bank account that is kept on it", "Correct the account, or add the bank account.");
            if (bank.Currency != journal.Currency.Code)
                return new JournalOutcome.Refused(field, "other-currency", $"bank account {bank.Code} is kept in {bank.Currency}", "Book it in that currency.");
        }
        return null;
    }

    // Lines on accounts of one's own are of the legal entity's, and these take entries of the day.
    private static async Task<JournalOutcome.Refused?> OwnRefusal(
        NpgsqlConnection connection, JournalDocument journal, EntityRow entity, CancellationToken cancel)
    {
        if (!journal.Lines.Any(line => LedgerAccount.IsOwn(line.Account))) return null;
        var chart = await LedgerBooks.Chart(connection, entity.Id, cancel);
        foreach (var (index, line) in journal.Lines.Index().Where(one => LedgerAccount.IsOwn(one.Item.Account)))
            if (OwnAccountRules.BookingProblem(chart, line.Account, journal.Date) is { } no)
                return new JournalOutcome.Refused($"lines[{index}].account", no.Code, no.Reason, no.Remedy);
        return null;
    }

    private static JournalOutcome.Refused? RateRefusal(JournalDocument journal, EntityRow entity) =>
        journal.Rate is not null && journal.Currency.Code == entity.Currency
            ? new JournalOutcome.Refused("rate", "own-currency", $"the books are in {entity.Currency}, as the journal is", "Leave the rate out.")
            : null;

    private static Task<EntityRow?> Entity(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<EntityRow>(new CommandDefinition(
            "select id, closed_through, currency from customers.legal_entity where tenant = 1 and code = @code", new { code }, cancellationToken: cancel));

    private static Task<IEnumerable<AccountRow>> Accounts(NpgsqlConnection connection, JournalDocument journal, CancellationToken cancel) =>
        connection.QueryAsync<AccountRow>(new CommandDefinition(
            "select id, code, legal_entity_id, currency from customers.billing_account where tenant = 1 and code = any(@codes)",
            new { codes = journal.Lines.Select(line => line.BillingAccount).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() },
            cancellationToken: cancel));

    private sealed record EntityRow(Guid Id, DateOnly? ClosedThrough, string Currency);

    private sealed record AccountRow(Guid Id, string Code, Guid LegalEntityId, string Currency);
}
