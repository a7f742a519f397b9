using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>What came of declaring a meter.</summary>
public abstract record MeterOutcome
{
    private MeterOutcome() { }

    /// <summary>It counts from now on.</summary>
    public sealed record Declared(Meter Meter) : MeterOutcome;

    /// <summary>It stood already, meaning the same.</summary>
    public sealed record Unchanged(Meter Meter) : MeterOutcome;

    /// <summary>The code is published with another meaning. Nothing was written.</summary>
    public sealed record Published(string Problem) : MeterOutcome;
}

/// <summary>Meters on record. Published ones never change.</summary>
public sealed class Meters(NpgsqlDataSource database)
{
    /// <summary>All of them, by code.</summary>
    public async Task<IReadOnlyList<Meter>> All(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return [.. (await Load(connection, cancel)).Select(meter => meter.Meter).OrderBy(meter => meter.Code, StringComparer.Ordinal)];
    }

    /// <summary>Adds a meter; the same again adds nothing.</summary>
    public async Task<MeterOutcome> Declare(Meter meter, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (added, problems) = await Add(connection, [meter], cancel);
        await transaction.CommitAsync(cancel);
        return problems.Count > 0 ? new MeterOutcome.Published(problems[0]) : added > 0 ? new MeterOutcome.Declared(meter) : new MeterOutcome.Unchanged(meter);
    }

    /// <summary>
    /// Adds those that are new, in the caller's transaction; with a problem, nothing. A problem says which meter is published otherwise.
    /// </summary>
    internal static async Task<(int Added, IReadOnlyList<string> Problems)> Add(
        NpgsqlConnection connection, IReadOnlyList<Meter> meters, CancellationToken cancel)
    {
        if (meters.Count == 0) return (0, []);
        // Two that declare the same code at once are judged one after the other.
        await connection.ExecuteAsync(new CommandDefinition("lock table usage.meter in share row exclusive mode", cancellationToken: cancel));
        var stored = (await Load(connection, cancel)).ToDictionary(meter => meter.Meter.Code, meter => meter.Meter, StringComparer.Ordinal);
        string[] problems =
        [
            .. meters.Where(meter => stored.TryGetValue(meter.Code, out var known) && !known.MeansTheSameAs(meter)).Select(meter =>
                $"Meter '{meter.Code}' is published as {Shown(stored[meter.Code])}, and is declared as {Shown(meter)}. "
                + "What it counted stays counted so; declare another code."),
        ];
        if (problems.Length > 0) return (0, problems);
        Meter[] added = [.. meters.Where(meter => !stored.ContainsKey(meter.Code))];
        foreach (var meter in added) await Insert(connection, meter, cancel);
        return (added.Length, []);
    }

    internal static async Task<IReadOnlyList<NumberedMeter>> Load(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select no, code, name, aggregation, value_property, unique_property, event_types, filters::text as filters, group_by,
                   keep_transactions, negative_allowed, hours_ahead
            from usage.meter where tenant = 1 order by no
            """, cancellationToken: cancel));
        return [.. rows.Select(row => new NumberedMeter(row.No, Meter(row)))];
    }

    private static Meter Meter(Row row)
    {
        var (meter, problems) = MeterRules.Judge(new MeterDraft(
            row.Code, row.Name, Words.Parse<Aggregation>(row.Aggregation), (string[])row.EventTypes, row.ValueProperty, row.UniqueProperty,
            [.. JsonSerializer.Deserialize<FilterRow[]>(row.Filters)!.Select(filter =>
                new MeterFilter(filter.Property, Words.Parse<FilterOperator>(filter.Operator), filter.Values))],
            (string[])row.GroupBy, row.KeepTransactions, row.NegativeAllowed, row.HoursAhead));
        return meter ?? throw new InvalidOperationException($"The stored meter {row.Code} is not a meter: {problems[0].Field}: {problems[0].Problem}");
    }

    private static Task Insert(NpgsqlConnection connection, Meter meter, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        """
        insert into usage.meter (code, name, aggregation, value_property, unique_property, event_types, filters, group_by,
          keep_transactions, negative_allowed, hours_ahead)
        values (@Code, @Name, @aggregation, @ValueProperty, @UniqueProperty, @types, @filters::jsonb, @groupBy,
          @KeepTransactions, @NegativeAllowed, @HoursAhead)
        """,
        new
        {
            meter.Code,
            meter.Name,
            aggregation = Words.Of(meter.Aggregation),
            meter.ValueProperty,
            meter.UniqueProperty,
            types = meter.EventTypes.ToArray(),
            filters = JsonSerializer.Serialize(meter.Filters.Select(filter => new FilterRow(filter.Property, Words.Of(filter.Operator), [.. filter.Values]))),
            groupBy = meter.GroupBy.ToArray(),
            meter.KeepTransactions,
            meter.NegativeAllowed,
            meter.HoursAhead,
        }, cancellationToken: cancel));

    private static string Shown(Meter meter)
    {
        var property = meter.ValueProperty.Length > 0 ? $" of {meter.ValueProperty}" : meter.UniqueProperty.Length > 0 ? $" of {meter.UniqueProperty}" : "";
        var filters = meter.Filters.Select(filter => $" where {filter.Property} {Words.Of(filter.Operator)} {string.Join('|', filter.Values)}");
        var groups = meter.GroupBy.Count > 0 ? $" by {string.Join(", ", meter.GroupBy)}" : "";
        return $"\"{meter.Name}\": {Words.Of(meter.Aggregation)}{property} over {string.Join(", ", meter.EventTypes)}{string.Concat(filters)}{groups}"
            + $"{(meter.KeepTransactions ? ", transactions kept" : "")}{(meter.NegativeAllowed ? ", below zero allowed" : "")}, {meter.HoursAhead} h ahead";
    }

    // Npgsql tells Dapper no more of an array than that it is one.
    private sealed record Row(
        int No, string Code, string Name, string Aggregation, string ValueProperty, string UniqueProperty, Array EventTypes, string Filters,
        Array GroupBy, bool KeepTransactions, bool NegativeAllowed, int HoursAhead);

    private sealed record FilterRow(string Property, string Operator, string[] Values);
}
