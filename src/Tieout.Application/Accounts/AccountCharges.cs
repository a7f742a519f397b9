using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Accounts;

/// <summary>
/// Charges beside subscriptions. The next run bills them, also backdated ones; a charge that was withdrawn is credited by the next
/// run if it was billed.
/// </summary>
public sealed class AccountCharges(NpgsqlDataSource database, TimeProvider clock)
{
    private const decimal AmountMost = 999_999_999_999m;

    /// <summary>Adds one, once: the same key again answers with the first charge.</summary>
    public async Task<AccountOutcome<AccountCharge>> Add(string account, ChargeRequest request, string? key, CancellationToken cancel)
    {
        var reader = new RequestReader();
        var row = Read(request, key, reader);
        if (reader.Errors.Count > 0) return new AccountUnreadable<AccountCharge>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await BilledAccount.Find(connection, account, cancel) is not { } payer)
            return new AccountNotFound<AccountCharge>("No billing account has this code.");
        row = row with { Hash = Hash(payer.Code, request) };
        if (await Earlier(connection, row, cancel) is { } known) return known;
        if (Rounding.ChargeLine(new Money(row.Quantity * row.UnitPrice, Currency.Of(payer.Currency))).IsZero)
            return Refused("unitPrice", "nothing-charged", "It comes to nothing.", "Charge at least the smallest unit of the account's currency.");
        if (row.On < payer.BillsFrom)
            return Refused("on", "before-billing", $"What fell due before {BillingDays.Shown(payer.BillsFrom!.Value)} was billed elsewhere.",
                "Give that day or a later one; say in the description what it is for.");
        if (request.Subscription is { Length: > 0 } code)
        {
            var found = await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
                "select id from subscriptions.subscription where tenant = 1 and code = @code and billing_account_id = @Id",
                new { code = code.Trim(), payer.Id }, cancellationToken: cancel));
            if (found is not { } subscription)
                return Refused("subscription", "unknown-subscription", "The account has no subscription with this code.", "Correct the code, or leave it out.");
            row = row with { Subscription = subscription };
        }
        if (!await Insert(connection, payer, row, cancel)) return (await Earlier(connection, row, cancel))!;
        var charge = (await Rows(connection, "charge.id = @Id", new { row.Id }, cancel)).Single();
        await transaction.CommitAsync(cancel);
        return new AccountDone<AccountCharge>(charge, Again: false);
    }

    /// <summary>Withdraws one; withdrawing it again changes nothing.</summary>
    public async Task<AccountOutcome<AccountCharge>> Withdraw(string account, Guid id, string? actor, string? reason, CancellationToken cancel)
    {
        var reader = new RequestReader();
        reader.Given(actor, reason);
        if (reader.Errors.Count > 0) return new AccountUnreadable<AccountCharge>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            """
            update invoicing.one_off_charge charge set withdrawn_at = @now, withdrawn_by = @actor, withdrawal_reason = @reason
            from customers.billing_account account
            where account.id = charge.billing_account_id and account.code = @account and charge.tenant = 1 and charge.id = @id and withdrawn_at is null
            """, new { account, id, actor = actor!.Trim(), reason = reason!.Trim(), now = clock.GetUtcNow() }, cancellationToken: cancel));
        return (await Rows(connection, "charge.id = @id and account.code = @account", new { id, account }, cancel)).SingleOrDefault() is { } charge
            ? new AccountDone<AccountCharge>(charge, Again: changed == 0)
            : new AccountNotFound<AccountCharge>("The account has no charge with this id.");
    }

    /// <summary>An account's, the newest first; at most 200. Null when there is no such account.</summary>
    public async Task<IReadOnlyList<AccountCharge>?> List(string account, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await BilledAccount.Find(connection, account, cancel) is { } payer
            ? await Rows(connection, "charge.billing_account_id = @Id", new { payer.Id }, cancel)
            : null;
    }

    private Row Read(ChargeRequest request, string? key, RequestReader reader)
    {
        var now = clock.GetUtcNow();
        var row = new Row(
            Guid.CreateVersion7(now), reader.Day("on", request.On) ?? DateOnly.FromDateTime(now.UtcDateTime),
            string.IsNullOrEmpty(request.Quantity) ? 1m : reader.Number("quantity", request.Quantity) ?? 1m,
            reader.Number("unitPrice", request.UnitPrice) ?? 0m, Words.Of(reader.Word<Recognition>("recognition", request.Recognition) ?? Recognition.Immediate),
            string.IsNullOrEmpty(request.TaxCategory) ? "standard" : reader.Code("taxCategory", request.TaxCategory), request.Description?.Trim() ?? "",
            key ?? "", request.Actor?.Trim() ?? "");
        if (string.IsNullOrEmpty(request.UnitPrice)) reader.Wrong("unitPrice", "Is needed: the price of one, before tax.");
        if (row.Recognition == Words.Of(Recognition.Prepaid))
            reader.Wrong("recognition", "Prepaid credit is charged with its grant; give a grant with a price, or take immediate or deferred.");
        if (row.Quantity == 0) reader.Wrong("quantity", "Is zero; nothing would be charged. Give more than zero.");
        // Looked at apart first: their product may be more than a decimal holds.
        if (row.UnitPrice > 0 && row.Quantity > AmountMost / row.UnitPrice)
            reader.Wrong("unitPrice", $"With the quantity it comes to more than {AmountMost:N0}; give at most that.");
        if (GivenText.Problem(request.Description, GivenText.ReasonMost) is { } what) reader.Wrong("description", what);
        if (GivenText.Problem(request.Actor, GivenText.ActorMost) is { } who) reader.Wrong("actor", who);
        if (GivenText.KeyProblem(key) is { } which) reader.Wrong("idempotency-key", $"Header Idempotency-Key: {which}");
        return row;
    }

    private async Task<bool> Insert(NpgsqlConnection connection, BilledAccount payer, Row row, CancellationToken cancel) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into invoicing.one_off_charge (id, billing_account_id, subscription_id, charge_on, quantity, unit_price, recognition, tax_category,
              description, idempotency_key, content_hash, actor, correlation_id, created_at)
            values (@Id, @account, @Subscription, @On, @Quantity, @UnitPrice, @Recognition, @TaxCategory, @Description, @Key, @Hash, @Actor, @correlation, @now)
            on conflict (tenant, idempotency_key) do nothing
            """,
            new
            {
                row.Id,
                account = payer.Id,
                row.Subscription,
                row.On,
                row.Quantity,
                row.UnitPrice,
                row.Recognition,
                row.TaxCategory,
                row.Description,
                row.Key,
                row.Hash,
                row.Actor,
                correlation = Guid.CreateVersion7(clock.GetUtcNow()),
                now = clock.GetUtcNow(),
            }, cancellationToken: cancel)) == 1;

    private static async Task<AccountOutcome<AccountCharge>?> Earlier(NpgsqlConnection connection, Row row, CancellationToken cancel)
    {
        var known = await connection.QuerySingleOrDefaultAsync<(Guid Id, string Hash)?>(new CommandDefinition(
            "select id, content_hash from invoicing.one_off_charge where tenant = 1 and idempotency_key = @Key", new { row.Key }, cancellationToken: cancel));
        return known is not { } found ? null
            : found.Hash != row.Hash ? Refused(
                "idempotency-key", "key-reused", "This key was used for another charge.", "Take a new key for a new charge; repeat a request under its own.")
            : new AccountDone<AccountCharge>((await Rows(connection, "charge.id = @Id", new { found.Id }, cancel)).Single(), Again: true);
    }

    private static async Task<IReadOnlyList<AccountCharge>> Rows(NpgsqlConnection connection, string where, object parameters, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<ChargeRow>(new CommandDefinition(
            $"""
            select charge.id, account.code as account, account.currency, subscription.code as subscription, charge.charge_on, charge.quantity,
                   charge.unit_price, charge.recognition, charge.tax_category, charge.description, charge.actor, charge.created_at,
                   (select invoice.number
                    from invoicing.invoice_line line join invoicing.invoice on invoice.id = line.invoice_id and invoice.billing_account_id = line.billing_account_id
                    where line.billing_account_id = charge.billing_account_id and line.component = 'one-off'
                      and line.subscription_id = coalesce(charge.subscription_id, '00000000-0000-0000-0000-000000000000')
                      and line.part_start = charge.charge_on and line.detail = replace(charge.id::text, '-', '') and line.revision = 1) as invoice,
                   charge.withdrawn_at
            from invoicing.one_off_charge charge
            join customers.billing_account account on account.id = charge.billing_account_id
            left join subscriptions.subscription on subscription.billing_account_id = charge.billing_account_id and subscription.id = charge.subscription_id
            where charge.tenant = 1 and {where}
            order by charge.created_at desc, charge.id desc limit 200
            """, parameters, cancellationToken: cancel))).Select(row => row.Charge())];

    private static AccountRefused<AccountCharge> Refused(string field, string code, string reason, string remedy) => new(field, code, reason, remedy);

    // As it was asked for: repeated tomorrow, a request without a day is the same request.
    private static string Hash(string account, ChargeRequest request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n', account, request.On, request.Quantity, request.UnitPrice, request.Description?.Trim(), request.Subscription?.Trim(), request.Recognition,
        request.TaxCategory))));

    private sealed record Row(
        Guid Id, DateOnly On, decimal Quantity, decimal UnitPrice, string Recognition, string TaxCategory, string Description, string Key, string Actor)
    {
        public Guid? Subscription { get; init; }

        public string Hash { get; init; } = "";
    }

    private sealed record ChargeRow(
        Guid Id, string Account, string Currency, string? Subscription, DateOnly ChargeOn, decimal Quantity, decimal UnitPrice, string Recognition,
        string TaxCategory, string Description, string Actor, DateTimeOffset CreatedAt, string? Invoice, DateTimeOffset? WithdrawnAt)
    {
        public AccountCharge Charge() => new(
            Id, Account, Subscription, ChargeOn, Canonical.Of(Quantity), Canonical.Of(UnitPrice),
            Rounding.ChargeLine(new Money(Quantity * UnitPrice, Domain.Currency.Of(Currency))), Words.Parse<Recognition>(Recognition), TaxCategory,
            Description, Actor, CreatedAt, Invoice, WithdrawnAt);
    }
}
