using System.Text.Json;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Payments;

/// <summary>
/// Books money received: what settles invoices settles them, the rest is owed to the customer until it is applied. One reference of
/// one source is one payment of an account, however often it is reported and under whatever key.
/// </summary>
public sealed class RecordPayment(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Where the money lies: what a gateway holds for us lies on its own clearing account.</summary>
    internal string Clearing { get; init; } = LedgerAccount.CashClearing;

    /// <summary>What the payment has as its source, where the program's own ways report it; null for what the document says.</summary>
    internal string? Source { get; init; }

    /// <summary>One transaction: the payment with its entry, or nothing.</summary>
    /// <param name="document">docs/payments.md describes its members.</param>
    /// <param name="actor">Who reports it; null when the document says.</param>
    /// <param name="key">The same key again answers with what the first gave; null is refused.</param>
    public async Task<JournalOutcome> Run(JsonElement document, string? actor, string? key, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        if (GivenText.KeyProblem(key) is { } bad) problems.Add(new PriceProblem("idempotency-key", "bad-key", bad, "Give one."));
        if (PaymentRequest.Read(document, actor, problems, Source) is not { } request || problems.Count > 0) return new JournalOutcome.Unreadable(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var answer = await Book(connection, new PaymentToBook(request, key!), cancel);
        await transaction.CommitAsync(cancel);
        return await Outcome(connection, answer, cancel);
    }

    /// <summary>What came of it, with its entry as it stands.</summary>
    internal static async Task<JournalOutcome> Outcome(NpgsqlConnection connection, PaymentAnswer answer, CancellationToken cancel) => answer switch
    {
        PaymentAnswer.Booked(var entry, _, var again) => new JournalOutcome.Done((await FindJournals.Read(connection, entry, cancel))!, again),
        PaymentAnswer.Refused(var why) => why,
        _ => throw new InvalidOperationException($"No answer for {answer}."),
    };

    // The account first, then the key, as every movement of cash locks them.
    private async Task<PaymentAnswer> Book(NpgsqlConnection connection, PaymentToBook payment, CancellationToken cancel)
    {
        await CashBooks.Locked(connection, payment.Request.Account, cancel);
        await GivenOnce.Lock(connection, payment.Key, cancel);
        return (await new BookPayments(clock, Clearing).Run(connection, [payment], cancel))[0];
    }
}
