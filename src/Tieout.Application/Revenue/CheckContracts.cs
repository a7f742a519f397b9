using Dapper;
using Npgsql;
using Tieout.Domain;

namespace Tieout.Application.Revenue;

/// <summary>Computes given contracts anew from their facts and documents, and compares their schedules with that. Reads alone.</summary>
internal static class CheckContracts
{
    private const int AtOnce = 100;

    /// <summary>
    /// What differs, the first of it by contract, and how much in all. A contract with facts that no run has seen is named elsewhere and left out here;
    /// contracts are looked at some at a time.
    /// </summary>
    /// <param name="entity">Of one legal entity; null for all.</param>
    /// <param name="most">How many are named.</param>
    public static async Task<(IReadOnlyList<UnalignedContract> First, long InAll)> Run(
        NpgsqlConnection connection, Guid? entity, int most, CancellationToken cancel)
    {
        List<UnalignedContract> first = [];
        var (all, after) = (0L, Guid.Empty);
        while (true)
        {
            var page = (await connection.QueryAsync<Row>(new CommandDefinition(
                """
                select c.id, c.code, c.currency, e.code as legal_entity
                from revenue.contract c join customers.legal_entity e on e.id = c.legal_entity_id
                where c.id > @after and (@entity::uuid is null or c.legal_entity_id = @entity)
                  and not exists (select from revenue.contract_mark m where m.contract_id = c.id)
                order by c.id limit @AtOnce
                """, new { after, entity, AtOnce }, cancellationToken: cancel))).AsList();
            if (page.Count == 0) return (first, all);
            after = page[^1].Id;
            foreach (var one in await Differing(connection, page, cancel))
                if (all++ < most) first.Add(one);
        }
    }

    private static async Task<List<UnalignedContract>> Differing(NpgsqlConnection connection, List<Row> page, CancellationToken cancel)
    {
        var ids = page.ConvertAll(row => row.Id).ToArray();
        var facts = await ContractBooks.Facts(connection, ids, cancel);
        var documents = await ContractBooks.Documents(connection, ids, cancel);
        var stands = await ContractBooks.Scheduled(connection, ids, cancel);
        List<UnalignedContract> differing = [];
        foreach (var row in page)
        {
            // One that cannot be recognised any more has a mark, and is named by that.
            if (GivenContract.Read([.. facts[row.Id]], [.. documents[row.Id]]).Recognised().Answer is not { } answer) continue;
            var scheduled = stands[row.Id].ToLookup(line => (line.Obligation, line.Month.Month), line => line.Month.Amount);
            differing.AddRange(ScheduleContracts.Difference(answer, stands[row.Id])
                .OrderBy(line => line.Key.Obligation, StringComparer.Ordinal).ThenBy(line => line.Key.Month)
                .Select(line =>
                {
                    var (currency, stored) = (Currency.Of(row.Currency), scheduled[(line.Key.Obligation, line.Key.Month)].Sum());
                    return new UnalignedContract(
                        row.LegalEntity, row.Code, line.Key.Obligation, line.Key.Month, new Money(stored + line.Value, currency), new Money(stored, currency));
                }));
        }
        return differing;
    }

    private sealed record Row(Guid Id, string Code, string Currency, string LegalEntity);
}
