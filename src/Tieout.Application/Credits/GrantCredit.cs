using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Catalog;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Credits;

/// <summary>
/// Grants prepaid credit to a billing account, and charges for it what it is sold for: the next billing run invoices that, as a liability. The
/// same key again gives the first grant; with other content it is refused.
/// </summary>
public sealed class GrantCredit(NpgsqlDataSource database)
{
    /// <summary>How the keys of grants begin that carry on what was left of another.</summary>
    internal const string RolledOver = "rolled-over/";

    // With what any grant holds its product is within a decimal.
    private const decimal PriceMost = 999_999_999_999m;

    /// <summary>Reads and writes one grant; docs/catalogue.md describes its members.</summary>
    public async Task<GrantOutcome> Run(JsonElement document, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var (account, row) = Read(JsonFields.Top(document, problems), problems);
        if (problems.Count > 0) return new GrantOutcome.Refused(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await BilledAccount.Find(connection, account, cancel) is not { } payer)
            return Refuse("account", "unknown-account", "There is no billing account with this code.",
                "Correct the code, or import the account first.");
        if (row.Currency is not null && row.Currency != payer.Currency)
            return Refuse("currency", "other-currency", $"The account pays in {payer.Currency}.", "Grant money in the account's currency, or units.");
        if (row.Price is { } price && !new Money(price, Currency.Of(payer.Currency)).IsWhole)
            return Refuse("price", "wrong-scale", $"{payer.Currency} has fewer decimals.", "Give the price in whole minor units of the account's currency.");
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var outcome = await Insert(connection, row with { BillingAccountId = payer.Id }, cancel);
        if (outcome is GrantOutcome.Granted { Added: true } granted && row.Price is not null)
        {
            // Asked of what is new alone: the same again is answered whatever has been billed since.
            if (row.GrantedOn < payer.BillsFrom)
                return Refuse("granted-on", "before-billing", $"What fell due before {BillingDays.Shown(payer.BillsFrom!.Value)} was billed elsewhere.",
                    "Give that day or a later one, or leave the price out: then it is granted free.");
            await Charge(connection, row with { Id = granted.Id, BillingAccountId = payer.Id }, cancel);
        }
        await transaction.CommitAsync(cancel);
        return outcome;
    }

    // The charge falls due on the day of the grant, once: its key is of this grant alone.
    private static Task Charge(NpgsqlConnection connection, GrantRow row, CancellationToken cancel) => connection.ExecuteAsync(new CommandDefinition(
        """
        insert into invoicing.one_off_charge (id, billing_account_id, charge_on, quantity, unit_price, recognition, tax_category, description,
          idempotency_key, content_hash, actor, correlation_id, created_at)
        values (@charge, @BillingAccountId, @GrantedOn, 1, @Price, 'prepaid', @TaxCategory, @Name, @key, @key, @Actor, @correlation, now());
        insert into credits.purchase (billing_account_id, grant_id, charge_id, price) values (@BillingAccountId, @Id, @charge, @Price);
        """,
        new
        {
            charge = Guid.CreateVersion7(),
            row.BillingAccountId,
            row.GrantedOn,
            row.Price,
            row.TaxCategory,
            row.Name,
            key = $"credit-grant/{row.Id:n}",
            row.Actor,
            correlation = Guid.CreateVersion7(),
            row.Id,
        }, cancellationToken: cancel));

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
            select g.id, g.billing_account_id, g.grant_key, g.credit, g.name, g.amount, g.currency, g.priority, g.granted_on, g.expires_on,
                   g.rollover_fraction, g.rollover_most, g.rollover_again, sold.price, charge.tax_category, charge.actor
            from credits.grant g
            left join credits.purchase sold on sold.billing_account_id = g.billing_account_id and sold.grant_id = g.id
            left join invoicing.one_off_charge charge on charge.billing_account_id = sold.billing_account_id and charge.id = sold.charge_id
            where g.tenant = 1 and g.grant_key = @GrantKey
            """, new { row.GrantKey }, cancellationToken: cancel));
        return stored == row with { Id = stored.Id, Actor = stored.Actor }
            ? new GrantOutcome.Granted(stored.Id, Added: false) : new GrantOutcome.KeyTaken(row.GrantKey);
    }

    private static (string Account, GrantRow Row) Read(JsonFields json, List<PriceProblem> problems)
    {
        json.Allow("key", "account", "credit", "name", "amount", "currency", "priority", "granted-on", "expires-on", "rollover", "price",
            "tax-category", "actor");
        var rollover = json.Find("rollover")?.Allow("fraction", "most", "again");
        var row = new GrantRow(
            Guid.CreateVersion7(), Guid.Empty, json.Text("key"), json.Text("credit"),
                json.Find("name")?.AsText() ?? json.Find("credit")?.AsText() ?? "",
            json.Number("amount"), json.Find("currency")?.AsCurrency()?.Code, json.IntegerOr("priority", 1_000, 0),
            json.Need("granted-on")?.AsDate() ?? default, json.DateOrNone("expires-on"),
            rollover?.NumberOr("fraction", 1m), rollover?.NumberOrNone("most"),
            rollover?.FlagOr("again", otherwise: false) ?? false,
            json.NumberOrNone("price"), json.Find("price") is null ? null : json.Find("tax-category")?.AsText() ?? "standard",
            json.Find("price") is null ? null : json.Text("actor"));
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
        ReadPrice(json, row);
        return (json.Text("account"), row);
    }

    private static void ReadPrice(JsonFields json, GrantRow row)
    {
        if (row.Price is null)
            foreach (var name in (string[])["tax-category", "actor"])
                json.Find(name)?.Add("without-a-price", "Nothing is charged for this grant.", "Give a price, or leave it out.");
        else if (row.Price is <= 0m or > PriceMost)
            json.AddAt("price", "out-of-range", "The price is not above 0, or too large.", "Leave it out for a free grant, or give what is charged for it.");
        foreach (var (name, text, most) in ((string, string?, int)[])[("actor", row.Actor, GivenText.ActorMost), ("name", row.Name, GivenText.ReasonMost)])
            if (row.Price is not null && GivenText.Problem(text, most) is { } wrong) json.AddAt(name, "bad-text", wrong, "Correct it.");
    }

    private static GrantOutcome.Refused Refuse(string field, string code, string reason, string remedy) => new([new PriceProblem(field, code,
        reason, remedy)]);

    private sealed record GrantRow(
        Guid Id, Guid BillingAccountId, string GrantKey, string Credit, string Name, decimal Amount, string? Currency,
            int Priority, DateOnly GrantedOn,
        DateOnly? ExpiresOn, decimal? RolloverFraction, decimal? RolloverMost, bool RolloverAgain, decimal? Price = null, string? TaxCategory = null,
            string? Actor = null);
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
