using Dapper;
using Npgsql;
using Tieout.Domain.Cash;

namespace Tieout.Application.Payments;

/// <summary>The payment rules that count, by legal entity; one that never set any is not there.</summary>
internal static class PaymentRulesOf
{
    public static async Task<IReadOnlyDictionary<Guid, PaymentRules>> All(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<(Guid Entity, int Version, int Grace, string? Currency, decimal? Amount)>(new CommandDefinition(
            """
            select r.legal_entity_id, r.version, r.grace_days, t.currency, t.amount
            from cash.payment_rules r left join cash.tolerance t on t.legal_entity_id = r.legal_entity_id and t.version = r.version
            where r.version = (select max(other.version) from cash.payment_rules other where other.legal_entity_id = r.legal_entity_id)
            """, cancellationToken: cancel));
        return rows.GroupBy(row => row.Entity).ToDictionary(group => group.Key, group => new PaymentRules(
            group.First().Version, group.First().Grace,
            group.Where(row => row.Currency is not null).ToDictionary(row => row.Currency!, row => row.Amount!.Value, StringComparer.Ordinal)));
    }
}
