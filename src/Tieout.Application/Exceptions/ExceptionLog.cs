using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Exceptions;

/// <summary>What a case is about, and the money and period it touches.</summary>
/// <param name="SubjectKind">
/// <c>posting</c>, <c>billing</c>, <c>break</c>, <c>target</c>, <c>webhook</c>, <c>gateway</c> or <c>statement</c>; <c>rate</c> is raised by
/// <see cref="RateCases"/> alone.
/// </param>
/// <param name="SubjectKey">Names the subject for good: the same trouble met again is the same case.</param>
public sealed record RaisedException(
    Finding Finding,
    string SubjectKind,
    string SubjectKey,
    Guid? LegalEntity = null,
    Guid? BillingAccount = null,
    DateOnly? Month = null,
    string? Currency = null,
    decimal? Amount = null,
    Guid? Correlation = null);

/// <summary>Opens, repeats and closes exception cases, many at a time, inside the caller's transaction.</summary>
internal static class ExceptionLog
{
    /// <summary>Opens a case for each, or counts one more repeat of the case that is open already.</summary>
    public static async Task Raise(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<RaisedException> raised, DateTimeOffset now)
    {
        // One statement may touch a case only once.
        var cases = raised.DistinctBy(item => (item.SubjectKind, item.SubjectKey, item.Finding.Code)).ToArray();
        if (cases.Length == 0) return;
        await connection.ExecuteAsync(
            """
            insert into exceptions.exception_case
              (id, category, code, subject_kind, subject_key, cause, remedy, technical,
               legal_entity_id, billing_account_id, month, currency, amount, correlation_id, opened_at, last_seen_at)
            select id, category, code, kind, key, cause, remedy, technical, entity, account, month, currency, amount, correlation, @now, @now
            from unnest(@ids, @categories, @codes, @kinds, @keys, @causes, @remedies, @technicals,
                        @entities, @accounts, @months, @currencies, @amounts, @correlations)
              as new (id, category, code, kind, key, cause, remedy, technical, entity, account, month, currency, amount, correlation)
            on conflict (tenant, subject_kind, subject_key, code) where state = 'open' do update set
              repeats = exception_case.repeats + 1, last_seen_at = excluded.last_seen_at, cause = excluded.cause,
              technical = excluded.technical, amount = excluded.amount
            """,
            new
            {
                now,
                ids = cases.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                categories = cases.Select(item => Words.Of(item.Finding.Category)).ToArray(),
                codes = cases.Select(item => item.Finding.Code).ToArray(),
                kinds = cases.Select(item => item.SubjectKind).ToArray(),
                keys = cases.Select(item => item.SubjectKey).ToArray(),
                causes = cases.Select(item => KeptText.Of(item.Finding.Cause)).ToArray(),
                remedies = cases.Select(item => KeptText.Of(item.Finding.Remedy)).ToArray(),
                technicals = cases.Select(item => KeptText.Of(item.Finding.Technical)).ToArray(),
                entities = cases.Select(item => item.LegalEntity).ToArray(),
                accounts = cases.Select(item => item.BillingAccount).ToArray(),
                months = cases.Select(item => item.Month).ToArray(),
                currencies = cases.Select(item => item.Currency).ToArray(),
                amounts = cases.Select(item => item.Amount).ToArray(),
                correlations = cases.Select(item => item.Correlation).ToArray(),
            }, transaction);
    }

    /// <summary>Closes the open cases of these subjects, because what they told of is over.</summary>
    public static async Task Resolve(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string subjectKind, IReadOnlyCollection<string> subjectKeys,
        string resolution, DateTimeOffset now)
    {
        if (subjectKeys.Count == 0) return;
        await connection.ExecuteAsync(
            """
            update exceptions.exception_case set state = 'resolved', resolution = @resolution, resolved_at = @now
            where subject_kind = @subjectKind and subject_key = any(@keys) and state = 'open'
            """, new { subjectKind, keys = subjectKeys.ToArray(), resolution, now }, transaction);
    }

    /// <summary>How a case ends whose posting was posted.</summary>
    internal static string PostedBy(int attempt, string number) =>
        PostedWords.Replace("{0}", attempt.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{1}", number, StringComparison.Ordinal);

    /// <summary>The same for a statement to fill in: the attempt for <c>{0}</c>, the ERP's number for <c>{1}</c>.</summary>
    internal const string PostedWords = "Posted by attempt {0} as {1}.";
}
