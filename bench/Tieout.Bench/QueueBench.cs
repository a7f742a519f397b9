using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Posting;
using Tieout.Application.Posting.Postgres;
using Tieout.Application.Views;
using Tieout.Domain;

namespace Tieout.Bench;

/// <summary>
/// A queue of so many open postings: how long a claim of 100 takes, with the documents loaded and put back as they were, and the lists of
/// /v1/postings with the filters that people use, each for common and for rare rows.
/// </summary>
internal static class QueueBench
{
    private const int Real = 2_000;
    private const int Claimed = 100;
    private const int Rounds = 100;
    private const int Page = 50;

    /// <summary>Measures with so many open items.</summary>
    public static async Task Run(int size)
    {
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("queue");
        await BenchData.Subscriptions(source, Real);
        await new BillAccounts(source, TimeProvider.System).Run(new BillingRequest(BenchData.Month, "bench"), null, CancellationToken.None);
        var target = HubBench.Target(new Uri("http://localhost/"), Claimed, 4);
        await Fill(source, target, size);
        Console.WriteLine($"{size:N0} open items");
        Console.WriteLine("| what | p50, ms | p95, ms |");
        Console.WriteLine("|---|--:|--:|");
        await Claims(source, target);
        await Lists(source);
        await target.Connector.DisposeAsync();
    }

    // In front what was billed, whose documents can be loaded; behind it copies of it in all states that are not settled.
    private static async Task Fill(NpgsqlDataSource source, DeliveryTarget target, int size)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update posting.posting p set state = 'ready', target = @Name, rules_version = 'bench', routed_by = 'bench', place = turn.place
            from (select id, row_number() over (order by id) as place from posting.posting) turn where turn.id = p.id;
            insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount, state,
              target, rules_version, routed_by, place, not_before, sent_at, tries, correlation_id, created_at, changed_at)
            select tieout_bench.id, gen_random_uuid(), model.legal_entity_id, case when n % 5000 = 7 then 'credit-memo' else 'invoice' end, tieout_bench.id,
                   'B-' || n, ('2026-11-01'::date - (n / 100000 % 10) * interval '1 month')::date, model.currency, 119, tieout_bench.state,
                   case when tieout_bench.state <> 'staged' or n % 2 = 0 then case when n % 20000 = 9 then 'rare' else @Name end end, 'bench', 'bench', 1000000 + n,
                   case tieout_bench.state when 'in-doubt' then now() + interval '1 day' end, now(), 1, tieout_bench.id, now(), now()
            from generate_series(1, @size) n
            cross join lateral (
              select ('0190' || lpad(to_hex(n), 28, '0'))::uuid as id,
                     case when n % 100 < 90 then 'ready' when n % 100 < 95 then 'staged' when n % 100 < 98 then 'in-doubt' else 'parked' end as state) tieout_bench
            join lateral (select legal_entity_id, currency from posting.posting where business_key not like 'B-%' offset n % 2 limit 1) model on true;
            """, new { target.Name, size = size - Real });
        await connection.ExecuteAsync("vacuum analyze posting.posting;");
    }

    private static async Task Claims(NpgsqlDataSource source, DeliveryTarget target)
    {
        var store = new PostgresPosting(source, TimeProvider.System);
        await using var node = await store.Join(CancellationToken.None);
        await Measure("claim 100", async () =>
        {
            var batch = await store.ClaimToSend(target, node.Number, 0, Claimed, CancellationToken.None);
            if (batch?.Postings.Count != Claimed) throw new InvalidOperationException($"Claimed {batch?.Postings.Count}.");
            return batch.Claim;
        }, async claim => await store.Release(claim, target.Name));
        await Measure("look for doubts", async () => await store.ClaimToLookUp(target, node.Number, Claimed, CancellationToken.None), _ => Task.CompletedTask);
        await Measure("whether something is due", async () => await store.SomethingIsDue([target], CancellationToken.None), _ => Task.CompletedTask);
        await Measure("staged, whose turn it is", async () => await store.OldestStaged(target, 1_000), _ => Task.CompletedTask);
    }

    private static async Task Lists(NpgsqlDataSource source)
    {
        var postings = new ReadPostings(source);
        var none = new PostingFilter(null, null, null, null, null, null);
        (string What, PostingFilter Filter)[] filters =
        [
            ("list", none), ("list, target", none with { Target = "plain" }), ("list, rare target", none with { Target = "rare" }),
            ("list, unknown target", none with { Target = "nobody" }),
            .. new[] { "staged", "ready", "sending", "in-doubt", "parked", "posted", "cancelled" }.Select(state => ($"list, {state}", none with { State = state })),
            ("list, target, ready", none with { Target = "plain", State = "ready" }), ("list, rare target, parked", none with { Target = "rare", State = "parked" }),
            ("list, credit memos", none with { Kind = "credit-memo" }), ("list, payments", none with { Kind = "payment" }),
            ("list, entity", none with { Entity = "DE" }), ("list, month", none with { Month = AccountingMonth.Of(new DateOnly(2026, 5, 1)) }),
            ("list, month without any", none with { Month = AccountingMonth.Of(new DateOnly(2024, 5, 1)) }), ("list, key", none with { Key = "B-77777" }),
        ];
        foreach (var (what, filter) in filters)
            await Measure(what, async () => await postings.Run(filter, null, Page, CancellationToken.None), _ => Task.CompletedTask);
    }

    private static async Task Measure<T>(string what, Func<Task<T>> work, Func<T, Task> undo)
    {
        List<double> taken = [];
        for (var round = 0; round < Rounds; round++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var result = await work();
            taken.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
            await undo(result);
        }
        taken.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {taken[Rounds / 2]:0.0} | {taken[Rounds * 95 / 100]:0.0} |"));
    }
}
