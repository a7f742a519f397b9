using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Intake;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Accounts;

/// <summary>A customer's level from a day on.</summary>
public sealed record LevelRequest
{
    /// <summary>Such as <c>gold</c>; empty for none.</summary>
    public string? Level { get; init; }

    /// <summary>The first day it counts; also a past one. Default: today.</summary>
    public string? From { get; init; }

    /// <summary>Who changes it.</summary>
    public string? Actor { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>The levels of a customer.</summary>
/// <param name="Level">Before the first step; empty for none.</param>
/// <param name="Steps">In order.</param>
public sealed record LevelsOfCustomer(string Customer, string Level, IReadOnlyList<LevelStep> Steps);

/// <summary>From a day on.</summary>
public sealed record LevelStep(DateOnly From, string Level);

/// <summary>
/// Levels of customers, which discounts look at. A change counts for charges whose first day is its day or later; backdated, the next run
/// credits or bills the difference.
/// </summary>
public sealed class CustomerLevels(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>As they stand; null when there is no such customer.</summary>
    public async Task<LevelsOfCustomer?> Find(string customer, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Of(connection, customer, cancel) is var (_, levels) ? levels : null;
    }

    /// <summary>Sets the level from a day on; what was set for later days is no longer.</summary>
    public async Task<AccountOutcome<LevelsOfCustomer>> Set(string customer, LevelRequest request, CancellationToken cancel)
    {
        var reader = new RequestReader();
        var level = request.Level?.Trim();
        if (level is null) reader.Wrong("level", "Is needed; an empty text for none.");
        else if (FieldRules.OfText(level) is { } bad) reader.Wrong("level", $"It {bad.Reason}. {bad.Remedy}");
        var from = reader.Day("from", request.From) ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        reader.Given(request.Actor, request.Reason);
        if (reader.Errors.Count > 0) return new AccountUnreadable<LevelsOfCustomer>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "select 1 from customers.customer where tenant = 1 and code = @customer for no key update", new { customer }, cancellationToken: cancel));
        if (await Of(connection, customer, cancel) is not var (id, before)) return new AccountNotFound<LevelsOfCustomer>("No customer has this code.");
        List<LevelStep> kept = [.. before.Steps.Where(step => step.From < from)];
        var stands = kept.Count > 0 ? kept[^1].Level : before.Level;
        if (stands == level && kept.Count == before.Steps.Count) return new AccountDone<LevelsOfCustomer>(before, Again: true);
        await Write(connection, id, level!, from, stands, cancel);
        var after = (await Of(connection, customer, cancel)).GetValueOrDefault().Levels;
        foreach (var account in await BilledAccount.OfCustomer(connection, customer, cancel))
            await AccountChanges.Add(
                connection, account.Id, "customer-level", Told(before), Told(after), request.Reason!.Trim(), request.Actor!.Trim(), clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return new AccountDone<LevelsOfCustomer>(after, Again: false);
    }

    private static Task Write(NpgsqlConnection connection, Guid id, string level, DateOnly from, string stands, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            $"""
            delete from customers.customer_level where customer_id = @id and from_date >= @from;
            {(stands == level ? "" : "insert into customers.customer_level (customer_id, from_date, level) values (@id, @from, @level);")}
            """, new { id, from, level }, cancellationToken: cancel));

    private static async Task<(Guid Id, LevelsOfCustomer Levels)?> Of(NpgsqlConnection connection, string customer, CancellationToken cancel)
    {
        var found = await connection.QuerySingleOrDefaultAsync<(Guid Id, string Level)?>(new CommandDefinition(
            "select id, level from customers.customer where tenant = 1 and code = @customer", new { customer }, cancellationToken: cancel));
        if (found is not var (id, level)) return null;
        var steps = await connection.QueryAsync<LevelStep>(new CommandDefinition(
            """select from_date as "from", level from customers.customer_level where customer_id = @id order by from_date""",
            new { id }, cancellationToken: cancel));
        return (id, new LevelsOfCustomer(customer, level, steps.AsList()));
    }

    private static string Told(LevelsOfCustomer levels) =>
        string.Join("; ", levels.Steps.Select(step => $"{step.Level} from {BillingDays.Shown(step.From)}").Prepend(levels.Level));
}
