using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Intake;
using Tieout.Domain;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>Adds discounts to the catalogue and reads them. A published discount never changes, except that an open one may be given its end.</summary>
public sealed class DiscountBook(NpgsqlDataSource database)
{
    /// <summary>Adds one; the same again adds nothing.</summary>
    public async Task<DiscountOutcome> Add(JsonElement document, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        if (DiscountJson.Read(JsonFields.Top(document, problems), problems) is not { } discount) return new DiscountOutcome.Refused(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IntakeLock.Take(connection, cancel);
        var stored = (await Load(connection, cancel)).FirstOrDefault(other => other.Code == discount.Code);
        if (stored is not null && Same(stored, discount)) return new DiscountOutcome.Stands(discount.Code, Added: false);
        if (stored is not null && !IsEnded(stored, discount)) return new DiscountOutcome.Conflict(Contradiction(discount.Code));
        if (stored is null) await Insert(connection, [discount], cancel);
        else await End(connection, [discount], cancel);
        await transaction.CommitAsync(cancel);
        return new DiscountOutcome.Stands(discount.Code, Added: true);
    }

    /// <summary>All discounts by code, in their canonical form.</summary>
    public async Task<IReadOnlyList<JsonElement>> List(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return [.. (await Load(connection, cancel)).Select(discount => JsonSerializer.SerializeToElement(DiscountJson.Of(discount)))];
    }

    /// <summary>All discounts.</summary>
    internal static async Task<IReadOnlyList<Discount>> Load(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            select code, kind, value, currency, scope, from_date, until_date, levels::text as levels
            from catalog.discount where tenant = 1 order by code
            """, cancellationToken: cancel));
        return [.. rows.Select(row => row.ToDiscount())];
    }

    internal static Task Insert(NpgsqlConnection connection, IReadOnlyList<Discount> discounts, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into catalog.discount (id, code, kind, value, currency, scope, from_date, until_date, levels)
            values (@Id, @Code, @Kind, @Value, @Currency, @Scope, @From, @Until, @Levels::jsonb)
            """,
            discounts.Select(discount => new
            {
                Id = Guid.CreateVersion7(),
                discount.Code,
                Kind = Words.Of(discount.Kind),
                discount.Value,
                Currency = discount.Currency?.Code,
                Scope = Words.Of(discount.Scope),
                discount.From,
                discount.Until,
                Levels = DiscountJson.Of(discount.Levels).ToJsonString(),
            }), cancellationToken: cancel));

    internal static Task End(NpgsqlConnection connection, IReadOnlyList<Discount> discounts, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "update catalog.discount set until_date = @Until where tenant = 1 and code = @Code",
            discounts.Select(discount => new { discount.Code, discount.Until }), cancellationToken: cancel));

    internal static bool Same(Discount one, Discount other) => Text(one) == Text(other);

    /// <summary>Whether the one change is that an open discount now has its end.</summary>
    internal static bool IsEnded(Discount stored, Discount declared) =>
        stored.Until is null && declared.Until is not null && Same(stored, declared with { Until = null });

    internal static string Contradiction(string code) =>
        $"Discount '{code}' is published with another content. An open one may be given its 'until'; for anything else declare a new code.";

    private static string Text(Discount discount) => DiscountJson.Of(discount).ToJsonString();

    private sealed record Row(string Code, string Kind, decimal Value, string? Currency, string Scope, DateOnly? FromDate, DateOnly? UntilDate,
        string Levels)
    {
        public Discount ToDiscount() => new(Code, Words.Parse<DiscountKind>(Kind), Value, Currency is null ? null : Domain.Currency.Of(Currency))
        {
            Scope = Words.Parse<DiscountScope>(Scope),
            From = FromDate,
            Until = UntilDate,
            Levels = [.. JsonDocument.Parse(Levels).RootElement.EnumerateArray().Select(level => new DiscountLevel(
                level.GetProperty("level").GetString()!,
                decimal.Parse(level.GetProperty("value").GetString()!, System.Globalization.CultureInfo.InvariantCulture)))],
        };
    }
}

/// <summary>What came of adding a discount.</summary>
public abstract record DiscountOutcome
{
    private DiscountOutcome() { }

    /// <summary>It stands; new or given its end, or as it stood.</summary>
    public sealed record Stands(string Code, bool Added) : DiscountOutcome;

    /// <summary>Fields that are wrong; nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<PriceProblem> Problems) : DiscountOutcome;

    /// <summary>Another one stands under the code.</summary>
    public sealed record Conflict(string Reason) : DiscountOutcome;
}
