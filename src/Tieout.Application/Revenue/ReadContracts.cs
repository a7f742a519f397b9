using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Revenue;

namespace Tieout.Application.Revenue;

/// <summary>A given contract in a list.</summary>
/// <param name="Versions">How many facts it has, the contract itself included.</param>
/// <param name="Waiting">True while its schedules do not know all of them.</param>
public sealed record ContractHead(string Code, string LegalEntity, string Currency, int Versions, bool Waiting, DateTimeOffset CreatedAt);

/// <summary>One fact: version 1 is the contract as it was agreed, each later one an event.</summary>
public sealed record ContractFact(int No, JsonElement Facts, string Reason, string Actor, DateTimeOffset CreatedAt);

/// <summary>What an obligation earns in a month, as it is scheduled.</summary>
/// <param name="Booked">What of it is booked.</param>
public sealed record ContractMonth(string Obligation, AccountingMonth Month, Money Scheduled, Money Booked);

/// <summary>A given contract with all that is known of it.</summary>
/// <param name="Subscriptions">Codes of those whose deferred lines it takes.</param>
/// <param name="Answer">Allocation, modifications, balances and steps with what is known now; null where it cannot be computed.</param>
/// <param name="Problems">Why it cannot.</param>
/// <param name="Months">What is scheduled and booked; the answer's schedule once a run has seen all facts.</param>
public sealed record ContractView(
    ContractHead Head, IReadOnlyList<string> Subscriptions, IReadOnlyList<ContractFact> Facts, RevenueAnswer? Answer, IReadOnlyList<PriceProblem> Problems,
    IReadOnlyList<ContractMonth> Months);

/// <summary>Reads given contracts.</summary>
public sealed class ReadContracts(NpgsqlDataSource database)
{
    private const string Select =
        """
        select c.id, c.code, e.code as legal_entity, c.legal_entity_id, c.currency, c.created_at,
               (select count(*) from revenue.contract_version v where v.contract_id = c.id)::int as versions,
               exists (select from revenue.contract_mark m where m.contract_id = c.id) as waiting
        from revenue.contract c join customers.legal_entity e on e.id = c.legal_entity_id
        where c.tenant = 1
        """;

    internal static RevenueReply.Refused Unknown { get; } = new("contract", "unknown-contract", "no revenue contract has this code", "Correct the code.");

    /// <summary>By code, those of one legal entity or all.</summary>
    /// <param name="after">Code of the last one of the page before.</param>
    public async Task<RevenueReply> List(string? legalEntity, string? after, int limit, CancellationToken cancel)
    {
        var rows = await database.Rows<Row>(
            Select + " and (@legalEntity::text is null or e.code = @legalEntity) and (@after::text is null or c.code > @after) order by c.code limit @limit",
            new { legalEntity, after, limit }, cancel);
        return new RevenueReply.Contracts([.. rows.Select(Head)]);
    }

    /// <summary>One by its code.</summary>
    public async Task<RevenueReply> One(string code, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Find(connection, code, cancel) is { } found ? new RevenueReply.Contract((await One(found.Id, cancel))!, Added: false) : Unknown;
    }

    internal static Task<Row?> Find(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(Select + " and c.code = @code", new { code }, cancellationToken: cancel));

    internal async Task<ContractView?> One(Guid id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(Select + " and c.id = @id", new { id }, cancellationToken: cancel));
        if (row is null) return null;
        var facts = (await connection.QueryAsync<FactRow>(new CommandDefinition(
            "select no, facts::text, reason, actor, created_at from revenue.contract_version where contract_id = @id order by no", new { id },
            cancellationToken: cancel)))
            .Select(fact => new ContractFact(fact.No, JsonDocument.Parse(fact.Facts).RootElement, fact.Reason, fact.Actor, fact.CreatedAt)).ToList();
        var subscriptions = await connection.QueryAsync<string>(new CommandDefinition(
            """
            select s.code from revenue.contract_subscription c
            join subscriptions.subscription s on s.id = c.subscription_id and s.billing_account_id = c.billing_account_id
            where c.contract_id = @id order by s.code
            """, new { id }, cancellationToken: cancel));
        var documents = (await ContractBooks.Documents(connection, [id], cancel))[id];
        var (answer, problems) = GivenContract.Read([.. facts.Select(fact => fact.Facts)], [.. documents]).Recognised();
        return new ContractView(Head(row), subscriptions.AsList(), facts, answer, problems, await Months(connection, row, cancel));
    }

    private static async Task<IReadOnlyList<ContractMonth>> Months(NpgsqlConnection connection, Row row, CancellationToken cancel)
    {
        var months = await connection.QueryAsync<MonthRow>(new CommandDefinition(
            """
            select s.obligation, l.month, sum(l.amount) as scheduled, coalesce(sum(l.amount) filter (where r.batch is not null), 0) as booked
            from revenue.schedule s
            join revenue.batch_month m on m.batch = s.batch
            join revenue.schedule_line l on l.batch = m.batch and l.month = m.month and l.no = s.no
            left join revenue.release r on r.batch = m.batch and r.month = m.month
            where s.contract_id = @Id and s.obligation is not null
            group by s.obligation, l.month order by s.obligation, l.month
            """, new { row.Id }, cancellationToken: cancel));
        var currency = Currency.Of(row.Currency);
        return [.. months.Select(month => new ContractMonth(
            month.Obligation, AccountingMonth.Of(month.Month), new Money(month.Scheduled, currency), new Money(month.Booked, currency)))];
    }

    private static ContractHead Head(Row row) => new(row.Code, row.LegalEntity, row.Currency, row.Versions, row.Waiting, row.CreatedAt);

    internal sealed record Row(
        Guid Id, string Code, string LegalEntity, Guid LegalEntityId, string Currency, DateTimeOffset CreatedAt, int Versions, bool Waiting);

    private sealed record FactRow(int No, string Facts, string Reason, string Actor, DateTimeOffset CreatedAt);

    private sealed record MonthRow(string Obligation, DateOnly Month, decimal Scheduled, decimal Booked);
}
