using Tieout.Connectors.Port;

namespace Tieout.Connectors.Legacy;

/// <summary>Sums what documents move. Pure.</summary>
internal static class Movements
{
    /// <summary>By account and currency, over the accounts named.</summary>
    public static IReadOnlyList<AccountMovement> Of(IEnumerable<LegacyDocument> documents, IReadOnlySet<string> accounts) =>
    [
        .. documents.SelectMany(document => document.Lines.Select(line => (line.Account, document.Currency, line.Amount)))
            .Where(moved => accounts.Contains(moved.Account))
            .GroupBy(moved => (moved.Account, moved.Currency))
            .Select(sum => new AccountMovement(sum.Key.Account, sum.Key.Currency, sum.Sum(moved => moved.Amount))),
    ];
}
