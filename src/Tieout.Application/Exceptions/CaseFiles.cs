using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Views;
using Tieout.Domain;

namespace Tieout.Application.Exceptions;

/// <summary>Exceptions and the results of replays as CSV (RFC 4180, UTF-8), row by row however many there are.</summary>
public sealed class CaseFiles(NpgsqlDataSource database, TimeProvider clock)
{
    private const int Page = 2_000;

    /// <summary>Everything that matches, the newest first: also what goes back to whoever sent bad data, with cause and remedy.</summary>
    public async IAsyncEnumerable<string> Exceptions(ExceptionFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return Line("id", "category", "code", "queue", "owner", "due", "subject", "cause", "remedy", "technical", "entity", "month", "amount", "currency",
            "repeats", "opened", "last-seen", "state", "resolution");
        Guid? after = null;
        while (true)
        {
            var (where, parameters) = filter.Sql(clock.GetUtcNow());
            parameters.Add("Page", Page);
            if (after is { } start) parameters.Add("after", start);
            var rows = await database.Rows<Row>(
                $"""
                select x.id, x.category, x.code, x.queue, x.owner, x.due, x.subject_key, x.cause, x.remedy, x.technical, coalesce(e.code, '') as entity, x.month,
                       x.currency, x.amount, x.repeats, x.opened_at, x.last_seen_at, x.state, x.resolution
                from exceptions.exception_case x left join customers.legal_entity e on e.id = x.legal_entity_id
                where {where}{(after is null ? "" : " and x.id < @after")} order by x.id desc limit @Page
                """, parameters, cancel);
            foreach (var row in rows)
                yield return Line(
                    row.Id.ToString(), row.Category, row.Code, row.Queue, row.Owner, Day(row.Due), row.SubjectKey, row.Cause, row.Remedy, row.Technical, row.Entity,
                    row.Month is { } month ? AccountingMonth.Of(month).ToString() : "", Amount(row.Amount, row.Currency), row.Currency ?? "",
                    row.Repeats.ToString(CultureInfo.InvariantCulture), At(row.OpenedAt), At(row.LastSeenAt), row.State, row.Resolution);
            if (rows.Count < Page) yield break;
            after = rows[^1].Id;
        }
    }

    /// <summary>What a plan lists and what came of each; nothing but the head for a plan there is not.</summary>
    public async IAsyncEnumerable<string> Plan(Guid id, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return Line("place", "exception", "code", "posting", "amount", "currency", "plan", "why", "outcome", "detail", "done");
        var plans = new ReplayPlans(database, clock);
        var after = 0;
        while (await plans.Lines(id, after, Page, cancel) is { Count: > 0 } lines)
        {
            foreach (var line in lines)
                yield return Line(
                    line.Place.ToString(CultureInfo.InvariantCulture), line.CaseId.ToString(), line.Code, line.SubjectKey,
                    Amount(line.Amount?.Amount, line.Amount?.Currency.Code), line.Amount?.Currency.Code ?? "", line.Skip.Length == 0 ? "replay" : "skip", line.Skip,
                    line.Outcome, line.Detail, line.DoneAt is { } done ? At(done) : "");
            after = lines[^1].Place;
        }
    }

    private static string Line(params IEnumerable<string> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    // A cell that a spreadsheet would take for a formula gets an apostrophe; a number below zero is none.
    private static string Cell(string text)
    {
        if (text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal)
            && !decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _))
            text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Amount(decimal? amount, string? currency) =>
        amount is { } known && currency is not null ? new Money(known, Currency.Of(currency)).ToPlain() : "";

    private sealed record Row(
        Guid Id, string Category, string Code, string Queue, string Owner, DateOnly? Due, string SubjectKey, string Cause, string Remedy, string Technical,
        string Entity, DateOnly? Month, string? Currency, decimal? Amount, int Repeats, DateTimeOffset OpenedAt, DateTimeOffset LastSeenAt, string State,
        string Resolution);
}
