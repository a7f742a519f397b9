using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Tax;

/// <summary>What came of releasing a legal entity from its tax engine.</summary>
public abstract record ReleaseOutcome
{
    private ReleaseOutcome() { }

    /// <summary>From the day on our own table taxes it again, unless a run is given an engine for it.</summary>
    public sealed record Released(string LegalEntity, string Engine, DateOnly From) : ReleaseOutcome;

    /// <summary>Nothing was changed, and why.</summary>
    public sealed record Refused(string Reason) : ReleaseOutcome;
}

/// <summary>
/// Says that a tax engine is to tax a legal entity no longer. Until somebody says so, nothing of the entity is billed by a program that
/// cannot reach its engine: a tax by another rule would be a guess.
/// </summary>
public sealed class ReleaseLegalEntity(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Releases it for documents of a day and later.</summary>
    public async Task<ReleaseOutcome> Run(string legalEntity, DateOnly from, string reason, string actor, CancellationToken cancel)
    {
        if (GivenText.Problem(reason, GivenText.ReasonMost) is { } which) return new ReleaseOutcome.Refused($"The reason: {which}");
        var row = await database.Row<Row>(
            """
            select taxed.engine, taxed.from_date from tax.engine_entity taxed join customers.legal_entity entity on entity.id = taxed.legal_entity_id
            where entity.tenant = 1 and entity.code = @legalEntity
            """, new { legalEntity }, cancel);
        if (row is null) return new ReleaseOutcome.Refused($"No tax engine has ever taxed a legal entity '{legalEntity}'.");
        if (from < row.FromDate) return new ReleaseOutcome.Refused($"{row.Engine} taxes it from {row.FromDate:yyyy-MM-dd}; give that day or a later one.");
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update tax.engine_entity taxed set until_date = @from, reason = @reason, changed_by = @actor, changed_at = @now
            from customers.legal_entity entity where entity.id = taxed.legal_entity_id and entity.tenant = 1 and entity.code = @legalEntity
            """, new { legalEntity, from, reason = reason.Trim(), actor, now = clock.GetUtcNow() }, cancellationToken: cancel));
        return new ReleaseOutcome.Released(legalEntity, row.Engine, from);
    }

    private sealed record Row(string Engine, DateOnly FromDate);
}
