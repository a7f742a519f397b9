using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Domain.Catalog;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Accounts;

/// <summary>Which discount of the catalogue to give, to what and when.</summary>
public sealed record DiscountRequest
{
    /// <summary>Code of the discount.</summary>
    public string? Discount { get; init; }

    /// <summary>Code of the subscription; none for all of the account.</summary>
    public string? Subscription { get; init; }

    /// <summary>The component; none for all of the subscription.</summary>
    public string? Component { get; init; }

    /// <summary>The first day it is given; also a past one. Charges whose first day is it or later have it.</summary>
    public string? From { get; init; }

    /// <summary>The first day it no longer is; none while open.</summary>
    public string? Until { get; init; }

    /// <summary>Who gives it.</summary>
    public string? Actor { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>A discount as it is given.</summary>
/// <param name="Until">The first day it no longer is; null while open.</param>
/// <param name="Withdrawn">When it was taken back as if it had never been given; null while it stands.</param>
public sealed record AccountDiscount(
    Guid Id, string Account, string Discount, string? Subscription, string? Component, DateOnly From, DateOnly? Until, DateTimeOffset? Withdrawn);

/// <summary>
/// Gives discounts of the catalogue to accounts and what they subscribed to, and ends them. Whatever was billed already is looked at
/// again: the next run credits or bills the difference.
/// </summary>
public sealed class AccountDiscounts(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Overlap = "applied_discount_overlap";

    /// <summary>Gives one, once: the same key again answers with the first.</summary>
    public async Task<AccountOutcome<AccountDiscount>> Give(string account, DiscountRequest request, string? key, CancellationToken cancel)
    {
        var reader = new RequestReader();
        var code = reader.Code("discount", request.Discount);
        var (from, until) = (reader.Day("from", request.From), reader.Day("until", request.Until));
        if (string.IsNullOrEmpty(request.From)) reader.Wrong("from", "Is needed: the first day it is given.");
        if (until <= from) reader.Wrong("until", "Is not after the first day; it is the first day the discount is no longer given.");
        if (!string.IsNullOrEmpty(request.Component) && string.IsNullOrEmpty(request.Subscription)) reader.Wrong("subscription", "Is needed with a component.");
        if (GivenText.KeyProblem(key) is { } which) reader.Wrong("idempotency-key", $"Header Idempotency-Key: {which}");
        reader.Given(request.Actor, request.Reason);
        if (reader.Errors.Count > 0) return new AccountUnreadable<AccountDiscount>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await BilledAccount.Find(connection, account, cancel) is not { } payer) return new AccountNotFound<AccountDiscount>("No billing account has this code.");
        await TakeTurn(connection, payer, cancel);
        var content = string.Join('|', "discount", payer.Code, code, request.Subscription, request.Component, request.From, request.Until);
        switch (await GivenOnce.Find(connection, key!, content, cancel))
        {
            case GivenOnce.Earlier.Same same when await Find(connection, payer.Id, same.Document, cancel) is { } stands:
                return new AccountDone<AccountDiscount>(stands, Again: true);
            case not null:
                return Refused("idempotency-key", "key-reused", "This key was used for another request.", "Take a new key for a new request.");
        }
        var (place, not) = await Place(connection, payer, code, request, cancel);
        if (not is not null) return not;
        try
        {
            var given = await Save(connection, payer, place!, from!.Value, until, request, cancel);
            await GivenOnce.Add(connection, key!, content, given.Id, clock.GetUtcNow(), cancel);
            await transaction.CommitAsync(cancel);
            return new AccountDone<AccountDiscount>(given, Again: false);
        }
        catch (PostgresException twice) when (twice.ConstraintName == Overlap)
        {
            return Refused("from", "discount-given-already", "This discount is given already on some of these days.",
                "End the one that stands first, or give other days.");
        }
    }

    /// <summary>Ends one on a day, which may be past: from that day on it is not given.</summary>
    public async Task<AccountOutcome<AccountDiscount>> End(string account, Guid id, string? until, string? actor, string? reason, CancellationToken cancel)
    {
        var reader = new RequestReader();
        var day = reader.Day("until", until);
        if (string.IsNullOrEmpty(until)) reader.Wrong("until", "Is needed: the first day it is no longer given.");
        reader.Given(actor, reason);
        if (reader.Errors.Count > 0) return new AccountUnreadable<AccountDiscount>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (payer, stands, missing) = await Given(connection, account, id, cancel);
        if (payer is null || stands is null) return missing!;
        if (stands.Withdrawn is not null) return Withdrawn();
        if (stands.Until == day) return new AccountDone<AccountDiscount>(stands, Again: true);
        if (day <= stands.From)
            return Refused("until", "before-start", $"It is given from {BillingDays.Shown(stands.From)}.",
                "Give a later day, or withdraw it: then it counts as never given.");
        if (stands.Until <= day)
            return Refused("until", "ended-already", $"It ends on {BillingDays.Shown(stands.Until.Value)} already.", "Give it anew for the days after.");
        var ended = stands with { Until = day };
        await connection.ExecuteAsync(new CommandDefinition(
            "update subscriptions.applied_discount set until_date = @day where billing_account_id = @account and id = @id",
            new { account = payer.Id, id, day }, cancellationToken: cancel));
        await Tell(connection, payer, Words(stands), Words(ended), ended, day!.Value, reason!, actor!, cancel);
        await transaction.CommitAsync(cancel);
        return new AccountDone<AccountDiscount>(ended, Again: false);
    }

    /// <summary>Takes one back as if it had never been given; the next run bills what was charged too little.</summary>
    public async Task<AccountOutcome<AccountDiscount>> Withdraw(string account, Guid id, string? actor, string? reason, CancellationToken cancel)
    {
        var reader = new RequestReader();
        reader.Given(actor, reason);
        if (reader.Errors.Count > 0) return new AccountUnreadable<AccountDiscount>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var (payer, stands, missing) = await Given(connection, account, id, cancel);
        if (payer is null || stands is null) return missing!;
        if (stands.Withdrawn is not null) return new AccountDone<AccountDiscount>(stands, Again: true);
        var now = clock.GetUtcNow();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            update subscriptions.applied_discount set withdrawn_at = @now, withdrawn_by = @actor, withdrawal_reason = @reason
            where billing_account_id = @account and id = @id
            """, new { account = payer.Id, id, now, actor = actor!.Trim(), reason = reason!.Trim() }, cancellationToken: cancel));
        await Tell(connection, payer, Words(stands), "withdrawn", stands, stands.From, reason, actor, cancel);
        await transaction.CommitAsync(cancel);
        return new AccountDone<AccountDiscount>(stands with { Withdrawn = now }, Again: false);
    }

    /// <summary>All of an account, ended ones too; null when there is no such account.</summary>
    public async Task<IReadOnlyList<AccountDiscount>?> List(string account, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await BilledAccount.Find(connection, account, cancel) is { } payer ? await Rows(connection, payer.Id, null, cancel) : null;
    }

    // The discount of an account that somebody names, and nobody else changes it meanwhile; or which of the two is not there.
    private static async Task<(BilledAccount? Payer, AccountDiscount? Stands, AccountNotFound<AccountDiscount>? Missing)> Given(
        NpgsqlConnection connection, string account, Guid id, CancellationToken cancel)
    {
        if (await BilledAccount.Find(connection, account, cancel) is not { } payer)
            return (null, null, new AccountNotFound<AccountDiscount>("No billing account has this code."));
        await TakeTurn(connection, payer, cancel);
        return await Find(connection, payer.Id, id, cancel) is { } stands
            ? (payer, stands, null)
            : (payer, null, new AccountNotFound<AccountDiscount>("The account has no discount with this id."));
    }

    // Requests for one account take turns.
    private static Task TakeTurn(NpgsqlConnection connection, BilledAccount payer, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            "select 1 from customers.billing_account where id = @Id for no key update", new { payer.Id }, cancellationToken: cancel));

    private static async Task<(DiscountPlace? Place, AccountOutcome<AccountDiscount>? Not)> Place(
        NpgsqlConnection connection, BilledAccount payer, string code, DiscountRequest request, CancellationToken cancel)
    {
        var discount = await connection.QuerySingleOrDefaultAsync<(Guid Id, string Scope, string? Currency)?>(new CommandDefinition(
            "select id, scope, currency from catalog.discount where tenant = 1 and code = @code", new { code }, cancellationToken: cancel));
        if (discount is not { } found)
            return (null, Refused("discount", "unknown-discount", "The catalogue has no discount with this code.", "Correct the code, or add the discount first."));
        if (found.Currency is { } currency && currency != payer.Currency)
            return (null, Refused("discount", "other-currency", $"It is in {currency}, the account pays in {payer.Currency}.",
                "Give one in the account's currency."));
        var scope = Tieout.Domain.Words.Parse<DiscountScope>(found.Scope);
        if (scope == DiscountScope.Account && !string.IsNullOrEmpty(request.Subscription))
            return (null, Refused("subscription", "wrong-scope", "This discount is of a whole account.", "Leave the subscription out, or give another discount."));
        if (scope == DiscountScope.Subscription && !string.IsNullOrEmpty(request.Component))
            return (null, Refused("component", "wrong-scope", "This discount is of a whole subscription.", "Leave the component out, or give another discount."));
        if (string.IsNullOrEmpty(request.Subscription)) return (new DiscountPlace(found.Id, null), null);
        var subscription = await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
            "select id from subscriptions.subscription where tenant = 1 and code = @code and billing_account_id = @Id",
            new { code = request.Subscription.Trim(), payer.Id }, cancellationToken: cancel));
        if (subscription is null)
            return (null, Refused("subscription", "unknown-subscription", "The account has no subscription with this code.", "Correct the code."));
        var known = string.IsNullOrEmpty(request.Component) || await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select exists (select from subscriptions.component where billing_account_id = @Id and subscription_id = @subscription and component = @component)",
            new { payer.Id, subscription, component = request.Component?.Trim() }, cancellationToken: cancel));
        return known
            ? (new DiscountPlace(found.Id, subscription), null)
            : (null, Refused("component", "unknown-component", "The subscription has no component of this name.", "Correct the name."));
    }

    private async Task<AccountDiscount> Save(
        NpgsqlConnection connection, BilledAccount payer, DiscountPlace place, DateOnly from, DateOnly? until, DiscountRequest request,
        CancellationToken cancel)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into subscriptions.applied_discount (id, billing_account_id, subscription_id, component, discount_id, from_date, until_date, created_at)
            values (@id, @account, @Subscription, @component, @Discount, @from, @until, @now)
            """,
            new
            {
                id,
                account = payer.Id,
                place.Subscription,
                component = string.IsNullOrEmpty(request.Component) ? null : request.Component.Trim(),
                place.Discount,
                from,
                until,
                now = clock.GetUtcNow(),
            }, cancellationToken: cancel));
        var given = (await Find(connection, payer.Id, id, cancel))!;
        await Tell(connection, payer, "", Words(given), given, from, request.Reason!, request.Actor!, cancel);
        return given;
    }

    private async Task Tell(
        NpgsqlConnection connection, BilledAccount payer, string was, string now, AccountDiscount given, DateOnly from, string reason, string actor,
        CancellationToken cancel)
    {
        await AccountChanges.Add(connection, payer.Id, $"discount {given.Discount}", was, now, reason.Trim(), actor.Trim(), clock.GetUtcNow(), cancel);
        // An amount off the whole account is spread over all that falls due on a day: all of the account is looked at.
        await AccountChanges.Touch(connection, payer.Id, null, from, $"discount {given.Discount}", clock.GetUtcNow(), cancel);
    }

    private static async Task<AccountDiscount?> Find(NpgsqlConnection connection, Guid account, Guid id, CancellationToken cancel) =>
        (await Rows(connection, account, id, cancel)).SingleOrDefault();

    private static async Task<IReadOnlyList<AccountDiscount>> Rows(NpgsqlConnection connection, Guid account, Guid? id, CancellationToken cancel) =>
        (await connection.QueryAsync<AccountDiscount>(new CommandDefinition(
            """
            select given.id, account.code as account, discount.code as discount, subscription.code as subscription, given.component,
                   given.from_date as "from", given.until_date as until, given.withdrawn_at as withdrawn
            from subscriptions.applied_discount given
            join customers.billing_account account on account.id = given.billing_account_id
            join catalog.discount on discount.id = given.discount_id
            left join subscriptions.subscription on subscription.billing_account_id = given.billing_account_id and subscription.id = given.subscription_id
            where given.billing_account_id = @account and (@id::uuid is null or given.id = @id)
            order by given.from_date, given.id
            """, new { account, id }, cancellationToken: cancel))).AsList();

    private static string Words(AccountDiscount given) => string.Create(
        CultureInfo.InvariantCulture, $"{given.Subscription ?? "account"}{(given.Component is null ? "" : "/")}{given.Component} from {given.From:yyyy-MM-dd}")
        + (given.Until is { } until ? $" until {BillingDays.Shown(until)}" : "");

    private static AccountRefused<AccountDiscount> Withdrawn() =>
        Refused("id", "withdrawn-already", "It was withdrawn: it counts as never given.", "Give the discount anew.");

    private static AccountRefused<AccountDiscount> Refused(string field, string code, string reason, string remedy) => new(field, code, reason, remedy);

    private sealed record DiscountPlace(Guid Discount, Guid? Subscription);
}
