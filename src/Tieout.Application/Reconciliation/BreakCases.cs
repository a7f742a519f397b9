using Dapper;
using Npgsql;
using Tieout.Application.Exceptions;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Reconciliation;

namespace Tieout.Application.Reconciliation;

/// <summary>The exception cases of breaks.</summary>
internal static class BreakCases
{
    /// <summary>Opens or repeats a case for each break of one book; its cause begins with the target.</summary>
    public static async Task Raise(
        NpgsqlConnection connection, NpgsqlTransaction transaction, OurBook book, AccountingMonth month, List<Break> breaks, DateTimeOffset now)
    {
        var origins = (await connection.QueryAsync<(string Key, Guid Account, Guid Correlation, string? Target)>(
            "select business_key, billing_account_id, correlation_id, target from posting.posting where business_key = any(@keys)",
            new { keys = breaks.ConvertAll(found => found.Key).ToArray() }, transaction)).ToDictionary(row => row.Key, StringComparer.Ordinal);
        await ExceptionLog.Raise(connection, transaction, breaks.ConvertAll(found =>
        {
            var known = origins.TryGetValue(found.Key, out var origin);
            return new RaisedException(
                new Finding(ExceptionCategory.Business, $"break-{Words.Of(found.Category)}", $"{book.Target}: {found.Cause}", Remedies.For(found.Category)),
                "break", Subject(book, month, found, known ? origin.Target : null), book.LegalEntityId, known ? origin.Account : null, month.FirstDay,
                found.Money.Currency.Code, found.Money.Amount, known ? origin.Correlation : null);
        }), now);
    }

    /// <summary>A break that a later run no longer finds closes by itself; asked once every book of the legal entity and currency was read.</summary>
    public static async Task Close(
        NpgsqlDataSource database, Guid run, OurBook book, AccountingMonth month, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case cases set state = 'resolved', resolution = 'A later tie-out no longer found it.', resolved_at = @now
            where cases.state = 'open' and cases.subject_kind = 'break' and cases.legal_entity_id = @LegalEntityId and cases.currency = @Currency
              and cases.month = @month and not exists (
                select from reconciliation.difference found
                where found.run_id = @run and found.legal_entity_id = @LegalEntityId and found.currency = cases.currency
                  and cases.code = 'break-' || found.category
                  and cases.subject_key in (@start || found.business_key, @start || found.target || '/' || found.business_key))
            """, new { run, now, book.LegalEntityId, book.Currency, month = month.FirstDay, start = $"{book.LegalEntity}/{month}/" });
    }

    // Accounts, and documents held where they do not belong, may be broken in several ERPs at once: each is a case of its own.
    private static string Subject(OurBook book, AccountingMonth month, Break found, string? home) =>
        found.Category is BreakCategory.Account or BreakCategory.Balance or BreakCategory.Books || (home is not null && home != book.Target)
            ? $"{book.LegalEntity}/{month}/{book.Target}/{found.Key}"
            : $"{book.LegalEntity}/{month}/{found.Key}";
}
