using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Credits;

/// <summary>Grants prepaid credit to a billing account. The same key again gives the first grant; with other content it is refused.</summary>
public sealed class GrantCredit(NpgsqlDataSource database)
{
    /// <summary>How the keys of grants begin that carry on what was left of another.</summary>
    internal const string RolledOver = "rolled-over/";

    /// <summary>Reads and writes one grant; docs/catalogue.md describes its members.</summary>
    public async Task<GrantOutcome> Run(JsonElement document, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var (account, row) = Read(JsonFields.Top(document, problems), problems);
        if (problems.Count > 0) return new GrantOutcome.Refused(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = await connection.QuerySingleOrDefaultAsync<(Guid Id, string Currency)?>(new CommandDefinition(
            "select id, currency from customers.billing_account where tenant = 1 and code = @account", new { account }, cancellationToken: cancel));
        if (found is not { } payer)
            return Refuse("account", "unknown-account", "There is no billing account with this code.",
                "Correct the code, or import the account first.");
        if (row.Currency is not null && row.Currency != payer.Currency)
            return Refuse("currency", "other-currency", $"The account pays in {payer.Currency}.", "Grant money in the account's currency, or units.");
        return await Insert(connection, row with { BillingAccountId = payer.Id }, cancel);
    }

    private static async Task<GrantOutcome> Insert(NpgsqlConnection connection, GrantRow row, CancellationToken cancel)
    {
        var added = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into credits.grant (
              id, billing_account_id, grant_key, credit, name, amount, currency, priority, granted_on, expires_on, rollover_fraction, rollover_most,
              rollover_again)
            values (
              @Id, @BillingAccountId, @GrantKey, @Credit, @Name, @Amount, @Currency, @Priority, @GrantedOn, @ExpiresOn, @RolloverFraction, @RolloverMost,
              @RolloverAgain)
            on conflict (tenant, grant_key) do nothing
            """, row, cancellationToken: cancel));
        if (added == 1) return new GrantOutcome.Granted(row.Id, Added: true);
        var stored = await connection.QuerySingleAsync<GrantRow>(new CommandDefinition(
            """
            select id, billing_account_id, grant_key, credit, name, amount, currency, priority, granted_on, expires_on, rollover_fraction,
                   rollover_most, rollover_again
            from credits.grant where tenant = 1 and grant_key = @GrantKey
            """, new { row.GrantKey }, cancellationToken: cancel));
        return stored == row with { Id = stored.Id } ? new GrantOutcome.Granted(stored.Id, Added: false) : new GrantOutcome.KeyTaken(row.GrantKey);
    }

    private static (string Account, GrantRow Row) Read(JsonFields json, List<PriceProblem> problems)
    {
        json.Allow("key", "account", "credit", "name", "amount", "currency", "priority", "granted-on", "expires-on", "rollover");
        var rollover = json.Find("rollover")?.Allow("fraction", "most", "again");
        var row = new GrantRow(
            Guid.CreateVersion7(), Guid.Empty, json.Text("key"), json.Text("credit"),
                json.Find("name")?.AsText() ?? json.Find("credit")?.AsText() ?? "",
            json.Number("amount"), json.Find("currency")?.AsCurrency()?.Code, json.IntegerOr("priority", 1_000, 0),
            json.Need("granted-on")?.AsDate() ?? default, json.DateOrNone("expires-on"),
            rollover?.NumberOr("fraction", 1m), rollover?.NumberOrNone("most"),
            rollover?.FlagOr("again", otherwise: false) ?? false);
        if (problems.Count > 0) return ("", row);
        if (row.GrantKey.StartsWith(RolledOver, StringComparison.Ordinal))
            json.AddAt("key", "reserved", $"Keys that begin with {RolledOver} are those of grants that billing made.", "Choose another key.");
        if (row.Amount == 0m) json.AddAt("amount", "out-of-range", "Nothing is granted.", "Give an amount above 0.");
        if (row.ExpiresOn <= row.GrantedOn)
            json.AddAt("expires-on", "end-before-start", "The grant expires before it can be drawn.",
                "'expires-on' is the first day it can no longer be drawn.");
        if (row.RolloverFraction is <= 0m or > 1m)
            json.AddAt("rollover.fraction", "out-of-range", "The fraction is not above 0 and at most 1.", "Write 0.5 to keep half of the rest.");
        if (row.RolloverMost == 0m) json.AddAt("rollover.most", "out-of-range", "Nothing would be kept.", "Leave the rollover out.");
        if (row.RolloverFraction is not null && row.ExpiresOn is null)
            json.AddAt("expires-on", "missing", "Only a grant that expires rolls over.", "Give the day, or leave the rollover out.");
        return (json.Text("account"), row);
    }

    private static GrantOutcome.Refused Refuse(string field, string code, string reason, string remedy) => new([new PriceProblem(field, code,
        reason, remedy)]);

    private sealed record GrantRow(
        Guid Id, Guid BillingAccountId, string GrantKey, string Credit, string Name, decimal Amount, string? Currency,
            int Priority, DateOnly GrantedOn,
        DateOnly? ExpiresOn, decimal? RolloverFraction, decimal? RolloverMost, bool RolloverAgain);
}

/// <summary>What came of a grant.</summary>
public abstract record GrantOutcome
{
    private GrantOutcome() { }

    /// <summary>It stands; new, or since an earlier call with the same key.</summary>
    public sealed record Granted(Guid Id, bool Added) : GrantOutcome;

    /// <summary>Fields that are wrong; nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<PriceProblem> Problems) : GrantOutcome;

    /// <summary>Another grant stands under the key.</summary>
    public sealed record KeyTaken(string Key) : GrantOutcome;
}
