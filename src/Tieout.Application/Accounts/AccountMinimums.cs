using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Accounts;

/// <summary>A minimum as it is asked for: an amount, for all months or for some.</summary>
/// <param name="From">First day of the first month; null for every month since billing began.</param>
/// <param name="Until">First day of the first month it no longer counts for; null for ever.</param>
internal sealed record MinimumWish(decimal Amount, DateOnly? From, DateOnly? Until)
{
    private const decimal Most = 999_999_999_999m;

    /// <summary>Null where none is asked for; what is wrong is in the reader.</summary>
    public static MinimumWish? Read(SettingsRequest request, RequestReader reader)
    {
        var amount = reader.Number("monthlyMinimum", request.MonthlyMinimum);
        if (amount > Most) reader.Wrong("monthlyMinimum", $"Is more than {Most:N0}; give at most that.");
        var (from, until) = (Month("monthlyMinimumFrom", request.MonthlyMinimumFrom, reader), Month("monthlyMinimumUntil", request.MonthlyMinimumUntil, reader));
        if (until is not null && from is null) reader.Wrong("monthlyMinimumFrom", "Is needed with an end: the first month it counts for, such as 2026-07.");
        if (until <= from) reader.Wrong("monthlyMinimumUntil", "Is not after the first month; it is the first month it no longer counts for.");
        if (from is not null && amount is null) reader.Wrong("monthlyMinimum", "Is needed with its months; 0 for none.");
        return amount is { } least ? new MinimumWish(least, from, until) : null;
    }

    private static DateOnly? Month(string field, string? text, RequestReader reader)
    {
        if (string.IsNullOrEmpty(text)) return null;
        if (Domain.AccountingMonth.TryParse(text, out var month)) return month.FirstDay;
        reader.Wrong(field, "Is not a month; write one such as 2026-07.");
        return null;
    }
}

/// <summary>Minimums of an account that are not the same for all months.</summary>
internal static class AccountMinimums
{
    public static async Task<IReadOnlyList<MinimumStep>> Load(NpgsqlConnection connection, Guid account, CancellationToken cancel) =>
        [.. (await connection.QueryAsync<(DateOnly From, decimal Amount)>(new CommandDefinition(
            "select from_date, amount from customers.account_minimum where billing_account_id = @account order by from_date",
            new { account }, cancellationToken: cancel))).Select(row => new MinimumStep(row.From, Canonical.Of(row.Amount)))];

    /// <summary>Writes what differs; each row written has billing look again from its month on.</summary>
    public static async Task Save(
        NpgsqlConnection connection, Guid account, IReadOnlyList<MinimumStep> before, IReadOnlyList<MinimumStep> after, CancellationToken cancel)
    {
        foreach (var step in before.Except(after))
            await connection.ExecuteAsync(new CommandDefinition(
                "delete from customers.account_minimum where billing_account_id = @account and from_date = @From", new { account, step.From },
                cancellationToken: cancel));
        foreach (var step in after.Except(before))
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into customers.account_minimum (billing_account_id, from_date, amount) values (@account, @From, @Amount)",
                new { account, step.From, step.Amount }, cancellationToken: cancel));
    }
}
