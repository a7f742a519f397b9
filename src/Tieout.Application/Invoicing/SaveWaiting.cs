using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>Enters accounts whose documents wait for a rate of exchange into its case, and takes those out that wait no longer.</summary>
internal static class SaveWaiting
{
    /// <summary>Of the accounts of one legal entity between two ids, after all of them were decided.</summary>
    /// <param name="connection">In the transaction that books what was decided.</param>
    /// <param name="entity">Of the accounts.</param>
    /// <param name="first">The first account that was looked at.</param>
    /// <param name="last">The last one.</param>
    /// <param name="run">That looked at them.</param>
    /// <param name="issueDate">The date of its documents.</param>
    /// <param name="decided">What was decided about all of them.</param>
    /// <param name="now">When.</param>
    /// <param name="cancel">Gives up.</param>
    public static Task Run(
        NpgsqlConnection connection, BillingEntity entity, Guid first, Guid last, Guid run, DateOnly issueDate,
        IReadOnlyCollection<AccountDecision> decided, DateTimeOffset now, CancellationToken cancel) =>
        RateCases.Save(
            connection,
            new RatesMissed(
                entity.Id, entity.Code, first, last, run, issueDate, [.. decided.Where(item => item.Missing is not null).Select(Waits)],
                [.. decided.Where(item => item.PutOff).Select(item => item.Account.Account.Id.Value)],
                () => [.. decided.Where(item => item.Missing is null && item.Documents.Count + item.Exceptions.Count > 0).Select(NoLonger)]),
            now, cancel);

    private static WaitsForRate Waits(AccountDecision item)
    {
        var memos = item.Unconverted.Count(document => document.Kind == DocumentKind.CreditMemo);
        var total = item.Unconverted.Aggregate(Money.Zero(item.Account.Account.Currency), (sum, document) => sum + document.Total);
        return new WaitsForRate(item.Account.Account.Id.Value, item.Missing!, item.Lacking!, item.Unconverted.Count - memos, memos, total);
    }

    private static NoLongerWaits NoLonger(AccountDecision item) => new(
        item.Account.Account.Id.Value, item.Documents.Count > 0,
        item.Documents is [{ InBooks: { } books }, ..] ? books.Rate.ToString() : "");
}
