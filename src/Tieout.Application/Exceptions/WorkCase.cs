using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Views;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Exceptions;

/// <summary>What a person says about a case: who sees to it, until when, or a comment. At least one of the three.</summary>
public sealed record CaseWork
{
    /// <summary>Who sees to it; empty gives it back to the queue; null leaves it.</summary>
    public string? Owner { get; init; }

    /// <summary>Until when, such as 2026-12-01; empty takes the day away; null leaves it.</summary>
    public string? Due { get; init; }

    /// <summary>A comment; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>Who says so.</summary>
    public string? Actor { get; init; }
}

/// <summary>
/// Owner, due date and comments of one case, or of all that a filter matches. Each change is a note that stays. Many are done in parts, each whole: when
/// it is interrupted, those done stay done.
/// </summary>
public sealed class WorkCase(NpgsqlDataSource database, TimeProvider clock)
{
    private const int CommentMost = 1000;
    private const int OwnerMost = 100;

    /// <summary>Cases of a part: what one transaction locks and one list holds.</summary>
    internal int AtOnce { get; init; } = 1000;

    /// <summary>One case.</summary>
    public async Task<CaseOutcome<ExceptionDetail>> Run(Guid id, CaseWork work, CancellationToken cancel)
    {
        var wish = Read(work);
        if (wish.Errors.Count > 0) return new CaseUnreadable<ExceptionDetail>(wish.Errors);
        var find = new FindExceptions(database, clock);
        if (await Change(new ExceptionFilter(null, null, null, null, null, null) { Ids = [id] }, wish, cancel) == 0)
            return new CaseNotFound<ExceptionDetail>($"No exception has the id {id}.");
        return new CaseDone<ExceptionDetail>((await find.One(id, cancel))!);
    }

    /// <summary>All that match; answers how many.</summary>
    public async Task<CaseOutcome<long>> Run(ExceptionFilter filter, CaseWork work, CancellationToken cancel)
    {
        var wish = Read(work);
        return wish.Errors.Count > 0 ? new CaseUnreadable<long>(wish.Errors) : new CaseDone<long>(await Change(filter, wish, cancel));
    }

    private static Wish Read(CaseWork work)
    {
        var reader = new RequestReader();
        if (GivenText.Problem(work.Actor, GivenText.ActorMost) is { } who) reader.Wrong("actor", who);
        if (work.Owner is { Length: > 0 } && GivenText.Problem(work.Owner, OwnerMost) is { } owner) reader.Wrong("owner", owner);
        if (work.Owner?.Trim() == ExceptionFilter.None) reader.Wrong("owner", "Nobody can have this name: give an empty text for nobody.");
        if (work.Comment is not null && GivenText.Problem(work.Comment.ReplaceLineEndings(" "), CommentMost) is { } comment) reader.Wrong("comment", comment);
        var due = reader.Day("due", work.Due);
        if (work is { Owner: null, Due: null, Comment: null }) reader.Wrong("owner", "Something has to stand here, or in due, or in comment.");
        return new Wish(reader.Errors, work.Owner?.Trim(), work.Due is not null, due, work.Comment?.ReplaceLineEndings(" ").Trim(), work.Actor?.Trim() ?? "");
    }

    // From id to id, for what is changed may not match any more.
    private async Task<long> Change(ExceptionFilter filter, Wish wish, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (where, parameters) = filter.Sql(now);
        parameters.Add("most", AtOnce);
        await using var connection = await database.OpenConnectionAsync(cancel);
        long done = 0;
        for (var last = Guid.Empty; ;)
        {
            parameters.Add("last", last);
            var (count, end) = await Part(connection, where, parameters, wish, now, cancel);
            if (count == 0) return done;
            (done, last) = (done + count, end);
        }
    }

    // The next so many, and the last of them.
    private static async Task<(int Count, Guid Last)> Part(
        NpgsqlConnection connection, string where, DynamicParameters parameters, Wish wish, DateTimeOffset now, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Locked in the order of their ids, as everywhere.
        var rows = (await connection.QueryAsync<(Guid Id, string Owner, DateOnly? Due)>(new CommandDefinition(
            $"select x.id, x.owner, x.due from exceptions.exception_case x where ({where}) and x.id > @last order by x.id limit @most for update", parameters,
            commandTimeout: 600, cancellationToken: cancel))).AsList();
        if (rows.Count == 0) return (0, Guid.Empty);
        var given = rows.FindAll(row => wish.Owner is { } owner && owner != row.Owner).ConvertAll(row => row.Id);
        var dated = rows.FindAll(row => wish.HasDue && wish.Due != row.Due).ConvertAll(row => row.Id);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update exceptions.exception_case set owner = @owner where id = any(@given);
            update exceptions.exception_case set due = @due where id = any(@dated)
            """, new { owner = wish.Owner ?? "", wish.Due, given = given.ToArray(), dated = dated.ToArray() }, commandTimeout: 600, cancellationToken: cancel));
        await CaseNotes.Write(
            connection, given, "owner", wish.Owner is { Length: > 0 } name ? $"Given to {name}." : "Given back to the queue.", wish.Actor, now, cancel);
        await CaseNotes.Write(
            connection, dated, "due", wish.Due is { } day ? string.Create(CultureInfo.InvariantCulture, $"Due on {day:yyyy-MM-dd}.") : "No due date any more.",
            wish.Actor, now, cancel);
        if (wish.Comment is { } text) await CaseNotes.Write(connection, rows.ConvertAll(row => row.Id), "comment", text, wish.Actor, now, cancel);
        await transaction.CommitAsync(cancel);
        return (rows.Count, rows[^1].Id);
    }

    private sealed record Wish(IReadOnlyDictionary<string, string[]> Errors, string? Owner, bool HasDue, DateOnly? Due, string? Comment, string Actor);
}
