using Dapper;
using Npgsql;
using Tieout.Application.Exchange;
using Tieout.Domain;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Closing;

/// <summary>What lies in foreign currencies on accounts of money to come and to go at a month's end, at the rate of its last day.</summary>
internal static class ForeignBalances
{
    public static async Task<RevaluationAnswer> Run(NpgsqlConnection connection, ClosingEntity entity, AccountingMonth month, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            with stands as (
              select account, currency, sum(debit - credit) as amount, sum(functional_debit - functional_credit) as functional from ledger.turnover
              where tenant = 1 and legal_entity_id = @Id and month <= @month and (account = any(@accounts) or account like 'cash-clearing.%') and currency <> @Books
              group by account, currency),
            booked as (
              select account, currency, sum(booked) as booked from ledger.revaluation where legal_entity_id = @Id and month = @month group by account, currency)
            select account, currency, coalesce(stands.amount, 0) as amount, coalesce(stands.functional, 0) as functional, coalesce(booked.booked, 0) as booked
            from stands full join booked using (account, currency)
            """, new { entity.Id, month = month.FirstDay, accounts = LedgerAccount.Monetary.ToArray(), entity.Books }, commandTimeout: 600,
            cancellationToken: cancel));
        var balances = rows.Select(row => new ForeignBalance(
            row.Account, Currency.Of(row.Currency), new Carried(row.Amount, row.Functional), row.Booked)).ToList();
        if (balances.Count == 0) return new RevaluationAnswer([], []);
        var (books, day) = (Currency.Of(entity.Books), month.Period.End.AddDays(-1));
        var rates = await StoredRates.Load(connection, day, day, cancel);
        return Revaluation.Of(balances, books, currency => rates.On(currency, books, day));
    }

    private sealed record Row(string Account, string Currency, decimal Amount, decimal Functional, decimal Booked);
}
