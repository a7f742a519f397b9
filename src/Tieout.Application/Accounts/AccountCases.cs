using Dapper;
using Npgsql;
using Tieout.Application.Views;
using Tieout.Domain;

namespace Tieout.Application.Accounts;

/// <summary>Why an account is not billed now: an open exception of its own, or one that it shares with all who wait for the same.</summary>
/// <param name="Id">Of the exception.</param>
/// <param name="Amount">What of this account it touches.</param>
public sealed record OpenCase(Guid Id, string Code, string Cause, string Remedy, Money? Amount, DateTimeOffset Since);

/// <summary>Reads what keeps an account from being billed.</summary>
internal static class AccountCases
{
    /// <summary>The oldest first; at most 50.</summary>
    public static async Task<IReadOnlyList<OpenCase>> Load(NpgsqlConnection connection, Guid account, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select id, code, cause, remedy, currency, amount, opened_at as since
            from exceptions.exception_case
            where billing_account_id = @account and subject_kind = 'billing' and state = 'open'
            union all
            select x.id, x.code, x.cause, x.remedy, x.currency, w.amount, w.since
            from exceptions.waiting w join exceptions.exception_case x on x.id = w.case_id
            where w.billing_account_id = @account and w.ended is null
            order by since, id
            limit 50
            """, new { account }, cancellationToken: cancel)))
            .Select(row => new OpenCase(row.Id, row.Code, row.Cause, row.Remedy, Cash.Of(row.Amount, row.Currency), row.Since))];

    private sealed record Row(Guid Id, string Code, string Cause, string Remedy, string? Currency, decimal? Amount, DateTimeOffset Since);
}
