using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>
/// Books what different rates left of grants of which nothing is left, out of prepaid credit as an exchange gain or loss: one entry of a month and
/// currency, that moves something in the currency of the books alone and is told the ERP in it.
/// </summary>
internal sealed class ExchangePrepaid(NpgsqlConnection connection, RevenueRequest request, Guid run, DateTimeOffset now)
{
    private readonly SortedDictionary<(AccountingMonth Month, string Currency), List<(PaidGrant Grant, decimal Functional)>> _found = [];

    /// <summary>Keeps what was found of a grant until all are looked at.</summary>
    public void Keep(SoldGrant sold, IReadOnlyList<PrepaidDifference> differences)
    {
        foreach (var difference in differences)
        {
            var key = (difference.Month, sold.Grant.Currency.Code);
            if (!_found.TryGetValue(key, out var found)) _found.Add(key, found = []);
            found.Add((sold.Grant, difference.Functional));
        }
    }

    /// <summary>Books all of it; after the releases, which say what is left.</summary>
    public async Task<IReadOnlyList<ExchangedPrepaid>> Save(LedgerEntity entity, CancellationToken cancel)
    {
        List<ExchangedPrepaid> booked = [];
        foreach (var ((month, code), found) in _found)
        {
            var (currency, books) = (Currency.Of(code), Currency.Of(entity.Currency));
            var (id, number) = await new RunEntry(connection, request, run, now).Save(
                entity.Id, month, $"Exchange differences of prepaid credit of {month}", Lines(found, currency, books), inBooks: true, cancel);
            // Two statements: the second seals the lines it finds under its number.
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into revenue.prepaid_exchange_line (exchange, no, billing_account_id, grant_id, functional)
                select @no, place, account, "grant", functional
                from unnest(@accounts, @grants, @functional) with ordinality as line (account, "grant", functional, place);
                insert into revenue.prepaid_exchange (id, legal_entity_id, currency, month, entry_id, run_id, created_at)
                values (@no, @Entity, @code, @month, @id, @run, @now);
                """,
                new
                {
                    no = await connection.QuerySingleAsync<int>(new CommandDefinition(
                        "select nextval('revenue.prepaid_exchange_id')::int", cancellationToken: cancel)),
                    accounts = found.ConvertAll(one => one.Grant.Account).ToArray(),
                    grants = found.ConvertAll(one => one.Grant.Grant).ToArray(),
                    functional = found.ConvertAll(one => one.Functional).ToArray(),
                    Entity = entity.Id,
                    code,
                    month = month.FirstDay,
                    id,
                    run,
                    now,
                }, commandTimeout: 600, cancellationToken: cancel));
            booked.Add(new ExchangedPrepaid(entity.Code, month, number, new Money(found.Sum(one => one.Functional), books), found.Count));
        }
        return booked;
    }

    // Gains and losses apart, so that neither hides the other.
    private static IEnumerable<(JournalLine Line, string Text)> Lines(List<(PaidGrant Grant, decimal Functional)> found, Currency currency, Currency books)
    {
        foreach (var (text, sum) in new[]
        {
            ("Exchange gain", found.Sum(one => Math.Max(one.Functional, 0m))), ("Exchange loss", found.Sum(one => Math.Min(one.Functional, 0m))),
        })
        {
            if (sum == 0m) continue;
            yield return (new JournalLine(LedgerAccount.PrepaidCredit, Money.Zero(currency), new Money(sum, books)), text);
            yield return (new JournalLine(LedgerAccount.FxGainLoss, Money.Zero(currency), new Money(-sum, books)), text);
        }
    }
}
