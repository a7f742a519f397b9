using System.Diagnostics;
using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Domain;
using Tieout.Domain.Ledger.Exports;

namespace Tieout.Bench;

/// <summary>
/// Questions to books with many lines: four legal entities, three currencies each, 24 months, 100,000 billing accounts, four lines an
/// entry as an invoice has them. Every trial balance is proven against the sums of the lines in the same run.
/// </summary>
internal static class LedgerBench
{
    private const int Entities = 4;
    private const int Months = 24;
    private const int LinesOfEntry = 4;
    private const int PartSize = 25_000;
    private const int Workers = 2;

    private static readonly AccountingMonth Newest = new(2026, 12);

    private static CancellationToken None => CancellationToken.None;

    public static async Task Run(int lines)
    {
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("ledger");
        var entries = lines / LinesOfEntry;
        await Fill(source, entries);
        Console.WriteLine("| what | rows | median ms | slowest ms |");
        Console.WriteLine("|---|--:|--:|--:|");
        await using var connection = await source.OpenConnectionAsync();
        var changes = await connection.QuerySingleAsync<long>("select count(*) from ledger.balance_change");
        await Timed($"trial balance, {changes:N0} changes not folded", 20, () => Sheet(source, at: null));
        await Timed("folding them", 1, async () => (int)await new FoldBalances(source).Run(None));
        await Timed("trial balance, all folded", 50, () => Sheet(source, at: null));
        await Prove(source, connection);
        foreach (var at in await Instants(connection)) await Timed($"trial balance as of {at:yyyy-MM-dd HH:mm}", 3, () => Sheet(source, at));
        await Timed("an account's newest month, a page of 50", 20, () => Page(source, "revenue", Newest, Newest, billingAccount: null));
        await Timed("an account's 24 months, the first 50", 20, () => Page(source, "revenue", AccountingMonth.Of(Newest.FirstDay.AddMonths(1 - Months)), Newest, billingAccount: null));
        await Timed("an account with few lines, 24 months", 20, () => Page(source, "rounding", AccountingMonth.Of(Newest.FirstDay.AddMonths(1 - Months)), Newest, billingAccount: null));
        await Timed("one customer's lines, 24 months", 20, () => Page(source, "receivable", AccountingMonth.Of(Newest.FirstDay.AddMonths(1 - Months)), Newest, "A-80"));
        foreach (var format in Enum.GetValues<ExportFormat>()) await Export(source, format);
    }

    private static async Task<int> Sheet(NpgsqlDataSource source, DateTimeOffset? at)
    {
        if (await new ReadTrialBalance(source, TimeProvider.System).Run("E0", Newest, at, None) is not LedgerAnswer.Balance({ Balanced: true } sheet))
            throw new InvalidOperationException("No trial balance, or one that is not zero.");
        return sheet.Lines.Count;
    }

    private static async Task<int> Page(NpgsqlDataSource source, string account, AccountingMonth from, AccountingMonth until, string? billingAccount)
    {
        var question = new AccountQuestion("E0", account, from, until, billingAccount, Currency.Of("USD"));
        return await new ReadAccount(source, TimeProvider.System).Run(question, 50, None) is LedgerAnswer.Account(var statement)
            ? statement.Lines.Count
            : throw new InvalidOperationException("No statement.");
    }

    private static async Task Prove(NpgsqlDataSource source, NpgsqlConnection connection)
    {
        var watch = Stopwatch.StartNew();
        var proof = await new CheckLedger(source).Run(None);
        Tell($"check: {proof.Lines:N0} lines summed", (int)proof.Balances, watch.Elapsed, watch.Elapsed);
        if (!proof.Holds) throw new InvalidOperationException("A balance is not the sum of its lines.");
        var direct = (await connection.QueryAsync<(string, string, decimal)>(
            """
            select l.account, l.currency, sum(l.amount) from ledger.journal_line l join customers.legal_entity e on e.id = l.legal_entity_id
            where e.code = 'E0' and l.month <= @month group by 1, 2
            """, new { month = Newest.FirstDay })).ToHashSet();
        if (await new ReadTrialBalance(source, TimeProvider.System).Run("E0", Newest, at: null, None) is not LedgerAnswer.Balance(var sheet)
            || !direct.SetEquals(sheet.Lines.Select(line => (line.Account, line.Closing.Currency.Code, line.Closing.Amount))))
            throw new InvalidOperationException("The trial balance is not what the lines say.");
    }

    private static async Task<IReadOnlyList<DateTimeOffset>> Instants(NpgsqlConnection connection)
    {
        var last = await connection.QuerySingleAsync<DateTimeOffset>("select max(created_at) from ledger.journal_entry");
        return [last.AddHours(-1), last.AddDays(-30), last.AddDays(-365)];
    }

    private static async Task Export(NpgsqlDataSource source, ExportFormat format)
    {
        ProgramMemory.ForgetPeak();
        var before = Process.GetCurrentProcess().WorkingSet64;
        var watch = Stopwatch.StartNew();
        if (await new ExportLedger(source).Run(new ExportQuestion("E0", format, From: null, Until: null), None) is not LedgerAnswer.File(_, var write))
            throw new InvalidOperationException("Nothing to export.");
        var entries = await write(Stream.Null, None);
        Tell(string.Create(CultureInfo.InvariantCulture,
            $"export for {Words.Of(format)}, {entries / watch.Elapsed.TotalSeconds:N0} entries/s, {(Process.GetCurrentProcess().PeakWorkingSet64 - before) / 1024 / 1024:N0} MiB more at the peak"),
            (int)entries, watch.Elapsed, watch.Elapsed);
    }

    private static async Task Timed(string what, int times, Func<Task<int>> ask)
    {
        var rows = 0;
        List<TimeSpan> seen = [];
        for (var i = 0; i < times; i++)
        {
            var watch = Stopwatch.StartNew();
            rows = await ask();
            seen.Add(watch.Elapsed);
        }
        seen.Sort();
        Tell(what, rows, seen[seen.Count / 2], seen[^1]);
    }

    private static void Tell(string what, int rows, TimeSpan median, TimeSpan slowest) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {what} | {rows:N0} | {median.TotalMilliseconds:N1} | {slowest.TotalMilliseconds:N1} |"));

    private static async Task Fill(NpgsqlDataSource source, int entries)
    {
        await using (var connection = await source.OpenConnectionAsync())
            await connection.ExecuteAsync(
                """
                insert into customers.legal_entity (id, code, name, currency, country, series)
                  select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'E' || n, 'Entity ' || n, 'USD', 'US', 'E' || n from generate_series(0, @Entities - 1) n;
                insert into customers.customer (id, code, name, country, correlation_id)
                  select md5('account' || n)::uuid, 'A-' || n, 'Customer ' || n, 'US', md5('account' || n)::uuid from generate_series(0, 99999) n;
                insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id)
                  select md5('account' || n)::uuid, 'A-' || n, md5('account' || n)::uuid, ('00000000-0000-7000-8000-' || lpad((n % @Entities)::text, 12, '0'))::uuid, 'USD', 'X', 30,
                         md5('account' || n)::uuid from generate_series(0, 99999) n;
                """, new { Entities }, commandTimeout: 600);
        var (next, watch) = (0, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            await using var connection = await source.OpenConnectionAsync();
            while (true)
            {
                var from = Interlocked.Add(ref next, PartSize) - PartSize;
                if (from >= entries) return;
                await Part(connection, from, Math.Min(from + PartSize, entries) - 1, entries);
            }
        }));
        await using var last = await source.OpenConnectionAsync();
        await last.ExecuteAsync("vacuum analyze;");
        await last.ExecuteAsync("checkpoint;");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entries * LinesOfEntry:N0} lines booked in {watch.Elapsed.TotalSeconds:N0} s\n"));
    }

    // Entities and currencies by turns, months in order, as runs book them. One entry in ten thousand is a rounding.
    private static Task Part(NpgsqlConnection connection, int first, int last, int entries) => connection.ExecuteAsync(
        """
        begin;
        create temporary table part on commit drop as
          select n, ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid as id, md5('account' || n % 100000)::uuid as account,
                 ('00000000-0000-7000-8000-' || lpad((n % @Entities)::text, 12, '0'))::uuid as entity,
                 (date '2025-01-01' + (n::bigint * @Months / @entries)::int * interval '1 month')::date as month,
                 (array['USD', 'EUR', 'GBP'])[1 + n / @Entities % 3] as currency, 10 + n % 997 as net
          from generate_series(@first, @last) n;
        insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, correlation_id, created_at)
          select id, account, entity, month, month + n % 28, case when n % 10000 < @Entities then 'manual-journal' else 'invoice' end, id, id,
                 now() - interval '731 days' + n * (interval '730 days' / @entries)
          from part order by n;
        insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount, functional)
          select id, no, account, entity, month,
                 case when n % 10000 < @Entities then (array['rounding', 'fx-gain-loss', 'bank-fees', 'bad-debt'])[no]
                      else (array['receivable', 'revenue', 'deferred-revenue', 'tax'])[no] end,
                 currency, case no when 1 then net * 1.5 else -net * 0.5 end,
                 case when (select e.currency from customers.legal_entity e where e.id = entity) <> currency
                      then case no when 1 then net * 1.5 else -net * 0.5 end end
          from part cross join generate_series(1, 4) no order by n, no;
        commit;
        """, new { Entities, Months, first, last, entries }, commandTimeout: 600);
}
