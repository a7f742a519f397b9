using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Dunning;
using Tieout.Application.Invoicing;
using Tieout.Domain;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Accounts;

/// <summary>What to change of an account; null leaves what stands, an empty text takes it away.</summary>
public sealed record SettingsRequest
{
    /// <summary><c>account</c> or <c>subscription</c>: one document for everything, or one for each.</summary>
    public string? InvoiceGrouping { get; init; }

    /// <summary>Each calendar month since billing began comes to at least this, before tax; <c>0</c> for none. As text.</summary>
    public string? MonthlyMinimum { get; init; }

    /// <summary>The first month it counts for, such as <c>2026-07</c>; every month since billing began when not given.</summary>
    public string? MonthlyMinimumFrom { get; init; }

    /// <summary>The first month it no longer counts for; from there on what was wanted before. For ever when not given.</summary>
    public string? MonthlyMinimumUntil { get; init; }

    /// <summary>The customer's order number, for later documents.</summary>
    public string? PurchaseOrder { get; init; }

    /// <summary>A note for later documents.</summary>
    public string? InvoiceNote { get; init; }

    /// <summary>Days from the date of later documents until they are due, 0 to 365.</summary>
    public int? TermDays { get; init; }

    /// <summary>Percent off the gross amount of later invoices for who pays early, such as <c>2</c>; <c>0</c> for none. As text.</summary>
    public string? DiscountPercent { get; init; }

    /// <summary>Within how many days of the invoice's date, 1 to the days after which it is due; 0 without a percentage.</summary>
    public int? DiscountDays { get; init; }

    /// <summary>Who changes it.</summary>
    public string? Actor { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>How an account is invoiced.</summary>
/// <param name="Changes">The newest first; at most 100.</param>
public sealed record BillingSettings(
    string Account, string Customer, string LegalEntity, string Currency, InvoiceGrouping InvoiceGrouping, Money MonthlyMinimum, string PurchaseOrder,
    string InvoiceNote, int TermDays, DateOnly? BilledThrough, IReadOnlyList<SettingChange> Changes)
{
    /// <summary>What may be kept of later invoices by paying early; null for nothing.</summary>
    public DiscountTerms? Discount { get; init; }

    /// <summary>From which months on the minimum is another.</summary>
    public IReadOnlyList<MinimumOfMonths> MinimumSteps { get; init; } = [];

    /// <summary>Why it is not billed now; empty when nothing stops it.</summary>
    public IReadOnlyList<OpenCase> Exceptions { get; init; } = [];

    /// <summary>Whether it was reminded, as the last look at it found; null while nothing of it was ever overdue.</summary>
    public DunningStatus? Dunning { get; init; }
}

/// <summary>From a month on, until the next of them.</summary>
public sealed record MinimumOfMonths(AccountingMonth From, Money Amount);

/// <summary>One change, with who made it and why.</summary>
public sealed record SettingChange(string Field, string OldValue, string NewValue, string Reason, string Actor, DateTimeOffset ChangedAt);

/// <summary>
/// Settings of a billing account. They count for documents to come; a changed minimum is wanted of the
/// months it is given for, and the next run bills or credits the difference.
/// </summary>
public sealed class AccountSettings(NpgsqlDataSource database, TimeProvider clock)
{
    private const int TextMost = 200;
    private const int TermDaysMost = 365;

    /// <summary>As they stand; null when there is no such account.</summary>
    public async Task<BillingSettings?> Find(string account, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Stored(connection, account, locked: false, cancel) is { } row ? await Shown(connection, row, cancel) : null;
    }

    /// <summary>Changes what is given, in one transaction with who and why. What is the same already changes nothing.</summary>
    public async Task<AccountOutcome<BillingSettings>> Change(string account, SettingsRequest request, CancellationToken cancel)
    {
        var reader = new RequestReader();
        var wish = Read(request, reader);
        if (reader.Errors.Count > 0) return new AccountUnreadable<BillingSettings>(reader.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Stored(connection, account, locked: true, cancel) is not { } before)
            return new AccountNotFound<BillingSettings>("No billing account has this code.");
        if (wish.Minimum is { } least && !new Money(least.Amount, Currency.Of(before.Currency)).IsWhole)
            return new AccountUnreadable<BillingSettings>(new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["monthlyMinimum"] = [$"Has more decimals than {before.Currency} keeps; round it."],
            });
        var after = before with
        {
            InvoiceGrouping = wish.Grouping is { } grouping ? Words.Of(grouping) : before.InvoiceGrouping,
            MonthlyMinimum = wish.Minimum is { From: null } always ? always.Amount : before.MonthlyMinimum,
            PurchaseOrder = request.PurchaseOrder?.Trim() ?? before.PurchaseOrder,
            InvoiceNote = request.InvoiceNote?.Trim() ?? before.InvoiceNote,
            TermDays = request.TermDays ?? before.TermDays,
            DiscountPercent = wish.Percent ?? before.DiscountPercent,
            // Without a percentage there are no days.
            DiscountDays = request.DiscountDays ?? (wish.Percent == 0 ? 0 : before.DiscountDays),
        };
        if (DiscountProblems(after) is { Count: > 0 } wrong) return new AccountUnreadable<BillingSettings>(wrong);
        var steps = await AccountMinimums.Load(connection, before.Id, cancel);
        var wanted = wish.Minimum switch
        {
            null => steps,
            { From: { } from } some => MinimumSteps.With(after.MonthlyMinimum, steps, from, some.Until, some.Amount),
            _ => [],
        };
        var changes = Differences(before, after, MinimumSteps.Words(before.MonthlyMinimum, steps), MinimumSteps.Words(after.MonthlyMinimum, wanted)).ToList();
        await AccountMinimums.Save(connection, before.Id, steps, wanted, cancel);
        await Write(connection, before, after, changes, request, cancel);
        var shown = await Shown(connection, after, cancel);
        await transaction.CommitAsync(cancel);
        return new AccountDone<BillingSettings>(shown, Again: changes.Count == 0);
    }

    // What is changed is held against what stays: a shorter term may leave no room for the days of the discount.
    private static Dictionary<string, string[]> DiscountProblems(Row after)
    {
        var problems = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (DiscountTerms.PercentProblem(after.DiscountPercent, after.DiscountDays) is { } percent) problems["discountPercent"] = [percent];
        if (DiscountTerms.DaysProblem(after.DiscountPercent, after.DiscountDays, after.TermDays) is { } days) problems["discountDays"] = [days];
        return problems;
    }

    private static (InvoiceGrouping? Grouping, MinimumWish? Minimum, decimal? Percent) Read(SettingsRequest request, RequestReader reader)
    {
        reader.Given(request.Actor, request.Reason);
        var grouping = reader.Word<InvoiceGrouping>("invoiceGrouping", request.InvoiceGrouping);
        var minimum = MinimumWish.Read(request, reader);
        if (request.PurchaseOrder is { Length: > 0 } order && GivenText.Problem(order, TextMost) is { } badOrder) reader.Wrong("purchaseOrder", badOrder);
        if (request.InvoiceNote is { Length: > 0 } note && GivenText.Problem(note, TextMost) is { } badNote) reader.Wrong("invoiceNote", badNote);
        if (request.TermDays is < 0 or > TermDaysMost) reader.Wrong("termDays", "Is not a number of days from 0 to 365.");
        var percent = Percent(request, reader);
        if (request.DiscountDays is < 0 or > TermDaysMost) reader.Wrong("discountDays", "Is not a number of days from 0 to 365.");
        if (request is
            { InvoiceGrouping: null, MonthlyMinimum: null, PurchaseOrder: null, InvoiceNote: null, TermDays: null, DiscountPercent: null, DiscountDays: null })
            reader.Wrong("(document)", "Nothing is to be changed; give at least one setting.");
        return (grouping, minimum, percent);
    }

    private static decimal? Percent(SettingsRequest request, RequestReader reader)
    {
        if (request.DiscountPercent is not { } text) return null;
        if (decimal.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && DiscountTerms.PercentProblem(percent, days: 0) is null) return percent;
        reader.Wrong("discountPercent", "Is not a percentage from 0 to below 100 with at most 4 decimals.");
        return null;
    }

    // Changed minimums leave marks for billing by themselves.
    private async Task Write(
        NpgsqlConnection connection, Row before, Row after, IReadOnlyList<(string Field, string Was, string Now)> changes, SettingsRequest request,
        CancellationToken cancel)
    {
        if (after != before) await connection.ExecuteAsync(new CommandDefinition(
            """
            update customers.billing_account set invoice_grouping = @InvoiceGrouping, monthly_minimum = @MonthlyMinimum, purchase_order = @PurchaseOrder,
              invoice_note = @InvoiceNote, term_days = @TermDays, discount_percent = @DiscountPercent, discount_days = @DiscountDays
            where id = @Id
            """, after, cancellationToken: cancel));
        foreach (var (field, was, now) in changes)
            await AccountChanges.Add(connection, before.Id, field, was, now, request.Reason!.Trim(), request.Actor!.Trim(), clock.GetUtcNow(), cancel);
    }

    private static IEnumerable<(string Field, string Was, string Now)> Differences(Row before, Row after, string minimumWas, string minimumNow)
    {
        static string Plain(decimal number) => Canonical.Of(number).ToString(CultureInfo.InvariantCulture);
        (string Field, string Was, string Now)[] all =
        [
            ("invoice-grouping", before.InvoiceGrouping, after.InvoiceGrouping),
            ("monthly-minimum", minimumWas, minimumNow),
            ("purchase-order", before.PurchaseOrder, after.PurchaseOrder),
            ("invoice-note", before.InvoiceNote, after.InvoiceNote),
            ("term-days", Plain(before.TermDays), Plain(after.TermDays)),
            ("discount-percent", Plain(before.DiscountPercent), Plain(after.DiscountPercent)),
            ("discount-days", Plain(before.DiscountDays), Plain(after.DiscountDays)),
        ];
        return all.Where(field => field.Was != field.Now);
    }

    private static Task<Row?> Stored(NpgsqlConnection connection, string account, bool locked, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"""
            select account.id, account.code, customer.code as customer, entity.code as legal_entity, account.currency, account.invoice_grouping,
                   account.monthly_minimum, account.purchase_order, account.invoice_note, account.term_days, account.billed_through,
                   account.discount_percent, account.discount_days
            from customers.billing_account account
            join customers.customer on customer.id = account.customer_id
            join customers.legal_entity entity on entity.id = account.legal_entity_id
            where account.tenant = 1 and account.code = @account {(locked ? "for update of account" : "")}
            """, new { account }, cancellationToken: cancel));

    private static async Task<BillingSettings> Shown(NpgsqlConnection connection, Row row, CancellationToken cancel)
    {
        var changes = await connection.QueryAsync<SettingChange>(new CommandDefinition(
            """
            select field, old_value, new_value, reason, actor, changed_at from customers.account_change
            where billing_account_id = @Id order by changed_at desc, id desc limit 100
            """, new { row.Id }, cancellationToken: cancel));
        var steps = await AccountMinimums.Load(connection, row.Id, cancel);
        var currency = Currency.Of(row.Currency);
        return new BillingSettings(
            row.Code, row.Customer, row.LegalEntity, row.Currency, Words.Parse<InvoiceGrouping>(row.InvoiceGrouping),
            new Money(Canonical.Of(row.MonthlyMinimum), currency), row.PurchaseOrder, row.InvoiceNote, row.TermDays, row.BilledThrough,
            changes.AsList())
        {
            Discount = DiscountTerms.From(Canonical.Of(row.DiscountPercent), row.DiscountDays),
            MinimumSteps = [.. steps.Select(step => new MinimumOfMonths(AccountingMonth.Of(step.From), new Money(step.Amount, currency)))],
            Exceptions = await AccountCases.Load(connection, row.Id, cancel),
            Dunning = await ReadDunning.Status(connection, row.Id, cancel),
        };
    }

    private sealed record Row(
        Guid Id, string Code, string Customer, string LegalEntity, string Currency, string InvoiceGrouping, decimal MonthlyMinimum, string PurchaseOrder,
        string InvoiceNote, int TermDays, DateOnly? BilledThrough, decimal DiscountPercent, int DiscountDays);
}
