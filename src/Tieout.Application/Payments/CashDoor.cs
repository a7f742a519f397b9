using System.Globalization;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Exchange;
using Tieout.Application.Journals;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Payments;

/// <summary>What every request for a movement of cash goes through: read, lock, look whether it was asked before, decide, book.</summary>
internal static class CashDoor
{
    /// <summary>Decides with the account locked; what it answers is booked, or why not.</summary>
    public delegate Task<(MovementToBook? Movement, JournalOutcome? Refused)> Decide(NpgsqlConnection connection, CashAccount account);

    /// <summary>One transaction: the movement with its entry, or nothing.</summary>
    /// <param name="account">Code of the billing account it concerns.</param>
    /// <param name="given">The key, and one canonical text of what is asked.</param>
    public static async Task<JournalOutcome> Run(
        NpgsqlDataSource database, TimeProvider clock, string account, (string Key, string Content) given, CashGiven by, Decide decide, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var locked = (await CashBooks.Locked(connection, account, cancel))!;
        if (await CashBooks.Earlier(connection, given.Key, given.Content, cancel) is { } earlier) return earlier;
        var (movement, refused) = await decide(connection, locked);
        if (movement is null) return refused!;
        if (CashBooks.Closed("on", movement.On, locked.ClosedThrough) is { } closed) return closed;
        try
        {
            var entry = await SaveMovement.Run(connection, movement, by.Reason, by.Actor, given, clock.GetUtcNow(), cancel);
            await transaction.CommitAsync(cancel);
            return new JournalOutcome.Done((await FindJournals.Read(connection, entry, cancel))!, Again: false);
        }
        catch (RateMissingException missing)
        {
            return NoRate("on", missing);
        }
    }

    /// <summary>Nothing is booked; the same request does it once the rate is there.</summary>
    public static JournalOutcome.Refused NoRate(string field, RateMissingException missing) =>
        new(field, missing.Finding.Code, missing.Finding.Cause.TrimEnd('.'), missing.Finding.Remedy);

    /// <summary>The key's own problem stands beside those of the document.</summary>
    public static JournalOutcome? Unreadable(string? key, List<PriceProblem> problems)
    {
        if (GivenText.KeyProblem(key) is { } bad) problems.Add(new PriceProblem("idempotency-key", "bad-key", bad, "Give one."));
        return problems.Count > 0 ? new JournalOutcome.Unreadable(problems) : null;
    }

    /// <summary>Problems of the document come first: what does not hold in it needs no books.</summary>
    public static async Task<CashPayment?> Payment(NpgsqlDataSource database, string number, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await CashBooks.Payment(connection, number, cancel);
    }

    /// <summary>Nothing more is done with a payment that was taken back.</summary>
    public static JournalOutcome.Refused? TakenBack(string field, CashPayment payment) => payment.Reversed.Length == 0 ? null
        : new JournalOutcome.Refused(field, "payment-reversed", $"{payment.Reversed} takes this payment back", "Report the money again if it came after all.");

    /// <summary>An amount within a canonical text.</summary>
    public static string Word(decimal? amount) => amount is { } some ? Canonical.Of(some).ToString(CultureInfo.InvariantCulture) : "all";
}
