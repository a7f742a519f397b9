using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Sandbox;

namespace Tieout.Bench;

/// <summary>
/// One document a call into the SAP stand-in that takes so many calls at once, works so long on each, and turns away whoever comes
/// beyond: what share of the slots' time had a call on it, by the lane's own count and by the requests on record.
/// </summary>
internal static class LaneBench
{
    private const int CustomersAtOnce = 200;

    /// <summary>The run, with its customers introduced before.</summary>
    public static async Task Run(int size, int slots, int milliseconds)
    {
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("lanes");
        await BenchData.Subscriptions(source, size * 2); // half of them are of the other company, and stay where they are
        await new BillAccounts(source, TimeProvider.System).Run(new BillingRequest(BenchData.Month, "bench"), null, CancellationToken.None);
        await using var sandbox = await SandboxServer.Start(
            new SandboxOptions { SapSlots = slots, SapWork = TimeSpan.FromMilliseconds(milliseconds) }, CancellationToken.None);
        var target = PostingBench.Sap("sap-us", sandbox.BaseUrl, "1710", "US", batchSize: 1, slots);
        await Introduce(source, target);
        await new PostDocuments(source, TimeProvider.System, [target]).Run("bench", TimeSpan.FromMinutes(5), null, CancellationToken.None);
        Console.WriteLine(await Figures(source, slots, milliseconds));
        await target.Connector.DisposeAsync();
    }

    private static async Task<string> Figures(NpgsqlDataSource source, int slots, int milliseconds)
    {
        await using var connection = await source.OpenConnectionAsync();
        // From the first document on the wire to the last answer.
        var (calls, wall, wire) = await connection.QuerySingleAsync<(long, decimal, decimal)>(
            """
            select count(*), extract(epoch from max(ended_at) - min(started_at)), sum(extract(epoch from ended_at - started_at))
            from posting.exchange where operation like @posts
            """, new { posts = "%ost%" });
        var (posted, other, turnedAway) = await connection.QuerySingleAsync<(long, long, long)>(
            """
            select count(*) filter (where state = 'posted'), count(*) filter (where state not in ('posted', 'staged')),
                   (select sum(turned_away)::bigint from posting.lane)
            from posting.posting
            """);
        var failed = await connection.QuerySingleAsync<long>("select count(*) from exceptions.exception_case where subject_kind = 'posting'");
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            | documents | slots | work of the ERP | s | documents/s | slots busy (requests on record) | slots busy (work of the ERP) | turned away (429) | not posted | failed |
            |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
            | {posted:N0} | {slots} | {milliseconds} ms | {wall:0.0} | {posted / wall:N1} | {wire / (wall * slots):P1} | {calls * milliseconds / 1000m / (wall * slots):P1} | {turnedAway:N0} | {other:N0} | {failed:N0} |
            """);
    }

    // Introducing customers is not what is measured here, and goes one call after the other.
    private static async Task Introduce(NpgsqlDataSource source, DeliveryTarget target)
    {
        await using var connection = await source.OpenConnectionAsync();
        var customers = (await connection.QueryAsync<(Guid Id, string Code, string Name, string Country, string Currency)>(
            """
            select customer.id, customer.code, customer.name, customer.country, account.currency
            from customers.customer join customers.billing_account account on account.customer_id = customer.id
            where account.currency = 'USD'
            """)).AsList();
        foreach (var some in customers.Chunk(CustomersAtOnce))
        {
            var outcomes = await target.Connector.EnsureCustomers(
                [.. some.Select(one => new ErpCustomer(one.Code, one.Name, one.Country, one.Currency))], new NoLog(), CancellationToken.None);
            await connection.ExecuteAsync(
                """
                insert into customers.cross_reference (system, object_kind, external_id, internal_id)
                select @Name, 'customer', external_id, id from unnest(@ids, @theirs) as known (id, external_id)
                """,
                new
                {
                    target.Name,
                    ids = some.Select(one => one.Id).ToArray(),
                    theirs = outcomes.Cast<CustomerOutcome.Present>().Select(outcome => outcome.ErpId).ToArray(),
                });
        }
    }

    private sealed class NoLog : IExchangeLog
    {
        public Task<Guid> Began(string operation, ReadOnlyMemory<byte> request, CancellationToken cancel) => Task.FromResult(Guid.Empty);

        public Task Ended(Guid exchange, int? status, ReadOnlyMemory<byte> answer, string? failure, CancellationToken cancel) => Task.CompletedTask;
    }
}
