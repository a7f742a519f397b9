using Dapper;
using Npgsql;
using Tieout.Domain;

namespace Tieout.Application.Invoicing;

/// <summary>A legal entity in whose books a month is closed.</summary>
public sealed record ClosedBook(Guid LegalEntityId, string LegalEntity, DateOnly ClosedThrough)
{
    /// <summary>The code of the refusal.</summary>
    public const string Code = "month-closed";

    /// <summary>Why nothing is billed, and what to do.</summary>
    public string InWords(AccountingMonth month) =>
        $"{LegalEntity}: the books are closed through {ClosedThrough:yyyy-MM-dd}; nothing more is billed in {month}. "
        + "Bill an open month: what changed in a closed one comes as a correction there.";
}

/// <summary>Which legal entities refuse a billing run, because its month is closed in their books.</summary>
public static class ClosedBooks
{
    /// <summary>By code; empty when the month is open everywhere.</summary>
    public static async Task<IReadOnlyList<ClosedBook>> In(NpgsqlDataSource database, AccountingMonth month, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<ClosedBook>(new CommandDefinition(
            """
            select id as legal_entity_id, code as legal_entity, closed_through from customers.legal_entity
            where tenant = 1 and closed_through >= @month
            order by code
            """, new { month = month.FirstDay }, cancellationToken: cancel))).AsList();
    }
}
