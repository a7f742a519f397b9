using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Tieout.Application.Statements;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Ledger;
using static Tieout.Shell.Tests.Statements.BookingDesk;

namespace Tieout.Shell.Tests.Statements;

/// <summary>What is certain is booked a thousand at a time; every row is the same as one payment after the other leaves.</summary>
public sealed class BookInSetsTests(PostgresFixture postgres)
{
    private const int Customers = 12;

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_batch_leaves_row_for_row_what_single_payments_leave()
    {
        await using var together = await Open(postgres, Customers);
        await using var single = await Open(postgres, Customers);
        var invoices = await together.Invoices();
        (await single.Invoices()).Select(one => (one.Number, one.Account)).ShouldBe(invoices.Select(one => (one.Number, one.Account)));
        var policies = new[] { "", "hold", "next-open-month", "ask-to-reopen", "hold" };
        foreach (var (round, policy) in policies.Index())
        {
            List<string> told = [];
            foreach (var (desk, size) in new[] { (together, 1_000), (single, 1) })
            {
                if (policy.Length > 0)
                    await desk.Execute("update customers.legal_entity set closed_through = '2026-11-30', late_arrivals = @policy", new { policy });
                var lines = Payments(new Random(round + 1), round, await desk.Invoices());
                await desk.Report(lines);
                var counts = await Booking(desk, size).Run(lines, None);
                told.Add($"{counts}\n{await desk.Rows()}");
            }
            told[0].ShouldBe(told[1]);
        }
        // Both kinds of ends were met, and two payments of one batch that cannot both be booked.
        var rows = await single.Rows();
        foreach (var reason in new[] { "only", "nothing is owed", "the books are closed", "another billing account", "no invoice has this number", "is asked for" })
            rows.ShouldContain(reason);
        (await single.Query<long>("select count(*) from cash.payment"))[0].ShouldBeGreaterThan(60);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task In_a_foreign_currency_and_of_returns_it_is_the_same_to_the_cent(int seed)
    {
        // Of the first of March nobody quotes a rate.
        string[] rates = ["2026-11-01 0.90", "2026-11-28 0.953", "2026-12-01 0.92", "2026-12-05 0.9411", "2026-12-20 0.97", "2026-12-22 0.99"];
        await using var together = await Open(postgres, Customers, rates);
        await using var single = await Open(postgres, Customers, rates);
        var random = new Random(seed);
        var invoices = await together.Invoices();
        var lines = Payments(random, 0, invoices).Select(line => random.Next(6) > 0 ? line : line with { On = new DateOnly(2027, 3, 1) }).ToList();
        List<string> told = [];
        foreach (var (desk, size) in new[] { (together, 1_000), (single, 1) })
        {
            await desk.Report(lines);
            var counts = await Booking(desk, size).Run(lines, None);
            told.Add($"{counts}\n{await desk.Rows()}");
        }
        told[0].ShouldBe(told[1]);
        told[0].ShouldContain("There is no spot rate");
        (await single.Query<long>("select count(distinct functional) from ledger.journal_line where account = 'fx-gain-loss'"))[0].ShouldBeGreaterThan(3);
        // Some of it comes back: each once, one before it came, and one that is told twice.
        var booked = (await together.Query<string>("select key from cash.bank_line where state = 'booked' order by key")).ToHashSet(StringComparer.Ordinal);
        var gone = lines.Where(line => booked.Contains(line.Key) && random.Next(2) == 0).ToList();
        told.Clear();
        foreach (var (desk, size) in new[] { (together, 1_000), (single, 1) })
        {
            List<CertainLine> returns = [];
            foreach (var (no, line) in gone.Index()) returns.Add(await desk.Return($"b{no:00}", no == 1 ? "2026-11-02" : "2026-12-22", line));
            returns.Add(await desk.Return("b99", "2026-12-22", gone[2]));
            await desk.Report(returns);
            var counts = await Booking(desk, size).Run(returns, None);
            told.Add($"{counts}\n{await desk.Rows()}");
            // The same again books nothing more.
            await Booking(desk, size).Run(returns, None);
            Same($"{counts}\n{await desk.Rows()}").ShouldBe(Same(told[^1]));
        }
        // What it says of the one that is told twice names the other's number only where that was booked before.
        static string Same(string rows) => Regex.Replace(
            rows, "[A-Z]+J-2026-[0-9]{7} (takes it back|is taken back) already. Look at [a-z ]+", "It is taken back", RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5));
        Same(told[0]).ShouldBe(Same(told[1]));
        (await together.Query<long>("select count(*) from cash.movement where reverses is not null"))[0].ShouldBeGreaterThan(5);
        await new FxDesk(together.Source).Holds();
    }

    [Fact]
    public async Task Payments_of_one_batch_see_what_those_before_them_settle()
    {
        await using var desk = await Open(postgres, 1);
        var first = (await desk.Invoices())[0];
        var lines = new[]
        {
            Line("k1", "2026-12-20", first, 0, 0, (first, first.Total - 1)), Line("k2", "2026-12-20", first, 0, 0, (first, first.Total - 1)),
            Line("k3", "2026-12-20", first, 0, 0, (first, 1)), Line("k4", "2026-12-20", first, 5, 0),
        };
        await desk.Report(lines);
        (await Booking(desk, 1_000).Run(lines, None)).ShouldBe((3, 1));
        (await desk.Query<string>("select reasons[1] from cash.bank_line where state = 'proposed'")).ShouldHaveSingleItem()
            .ShouldStartWith("Not booked: only 1 is owed");
        // What waits can be taken as it is, once there is room for it.
        (await desk.Query<long>("select count(*) from cash.proposal where line = 'k2'")).ShouldBe([1]);
        (await desk.Query<decimal>($"select open from invoicing.open_amount where id = '{first.Id}'")).ShouldBe([0m]);
        // The same again books nothing more.
        (await Booking(desk, 1_000).Run(lines, None)).ShouldBe((0, 1));
        (await desk.Query<long>("select count(*) from cash.payment")).ShouldBe([3]);
    }

    [Fact]
    public async Task What_the_database_refuses_waits_alone_and_keeps_nobody_from_being_booked()
    {
        await using var desk = await Open(postgres, 1);
        var first = (await desk.Invoices())[0];
        await desk.Execute("alter table cash.payment add constraint not_today check (amount <> 13.13)");
        var lines = Enumerable.Range(0, 23).Select(no => Line($"k{no:00}", "2026-12-20", first, no == 17 ? 13.13m : 1 + no, 0)).ToList();
        await desk.Report(lines);
        (await Booking(desk, 1_000).Run(lines, None)).ShouldBe((22, 1));
        (await desk.Query<string>("select key || ' ' || reasons[1] from cash.bank_line where state <> 'booked'")).ShouldHaveSingleItem()
            .ShouldStartWith("k17 Not booked: the books refuse it (not_today)");
        (await desk.Query<long>("select used from invoicing.number_series where series = 'USJ'")).ShouldBe([22]);
    }

    [Fact]
    public async Task A_line_whose_key_has_the_digits_of_a_card_by_chance_is_booked_as_any()
    {
        await using var desk = await Open(postgres, 1);
        var first = (await desk.Invoices())[0];
        var lines = new[] { Line("4111111111111111aaaabbbbccccdddd-1", "2026-12-20", first, 5, 0), Line("0000411111111111111000000000000a-1", "2026-12-20", first, 7, 0) };
        await desk.Report(lines);
        (await Booking(desk, 1_000).Run(lines, None)).ShouldBe((2, 0));
        (await desk.Query<string>("select reference from cash.payment order by amount")).ShouldBe(lines.Select(line => line.Key));
    }

    [Fact]
    public async Task What_somebody_decided_meanwhile_stays()
    {
        await using var desk = await Open(postgres, 1);
        var first = (await desk.Invoices())[0];
        var lines = new[] { Line("k1", "2026-12-20", first, 5, 0), Line("k2", "2026-12-20", first, 7, 0) };
        await desk.Report(lines);
        await desk.Execute("update cash.bank_line set state = 'declined', decided_by = 'mara', decided_why = 'Not ours', decided_at = now() where key = 'k1'");
        (await Booking(desk, 1_000).Run(lines, None)).ShouldBe((1, 0));
        (await desk.Query<string>("select key || ' ' || state || ' ' || decided_by from cash.bank_line order by key")).ShouldBe(["k1 declined mara", "k2 booked matching"]);
    }

    [Fact]
    public async Task Stopped_anywhere_and_run_again_nothing_is_booked_twice_and_nothing_is_lost()
    {
        await using var desk = await Open(postgres, 120);
        var lines = (await desk.Invoices()).Select((one, no) => Line($"k{no:000}", "2026-12-20", one, 0, 0, (one, one.Total))).ToList();
        await desk.Report(lines);
        var (kills, stopped) = (0, 0);
        for (var run = 0; ; run++)
        {
            run.ShouldBeLessThan(200);
            using var over = new CancellationTokenSource();
            var killer = kills < 12 ? Kill(desk, new Random(run), over.Token) : Task.FromResult(0);
            try
            {
                await Booking(desk, 4, connections: 2).Run(lines, None);
                over.Cancel();
                kills += await killer;
                if (kills >= 12) break;
                // Killed too late: some of it once more.
                if (run > 150) break;
            }
            catch (NpgsqlException)
            {
                stopped++;
                over.Cancel();
                kills += await killer;
            }
            if ((await desk.Query<long>("select count(*) from cash.bank_line where state <> 'booked'"))[0] == 0) break;
        }
        stopped.ShouldBeGreaterThan(0);
        await Booking(desk, 4, connections: 2).Run(lines, None);
        (await desk.Query<string>(
            """
            select (select count(*) from cash.bank_line where state = 'booked' and entry_number <> '') || ' ' || (select count(*) from cash.payment) || ' '
              || (select count(distinct p.reference) from cash.payment p join cash.bank_line l on l.key = p.reference) || ' '
              || (select count(*) from posting.posting p join cash.movement m on m.entry_id = p.document_id) || ' '
              || (select sum(used) from invoicing.number_series where series in ('USJ', 'DEJ')) || ' '
              || (select count(*) from invoicing.given_once where idempotency_key like 'bank-line:%') || ' '
              || (select count(*) from invoicing.open_amount where open <> 0)
            """)).ShouldBe([string.Create(CultureInfo.InvariantCulture, $"{lines.Count} {lines.Count} {lines.Count} {lines.Count} {lines.Count} {lines.Count} 0")]);
    }

    private static BookCertain Booking(BookingDesk desk, int size, int connections = 1) =>
        new(desk.Source, TimeProvider.System) { OfBatch = size, Connections = connections };

    // Ends connections in the middle of what they write, at chance moments.
    private static async Task<int> Kill(BookingDesk desk, Random chance, CancellationToken over)
    {
        for (var tries = 0; tries < 200 && !over.IsCancellationRequested; tries++)
        {
            await Task.Delay(chance.Next(1, 25), CancellationToken.None);
            var killed = (await desk.Query<long>(
                """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null and query ~ 'insert into|update cash'
                """))[0];
            if (killed > 0) return (int)killed;
        }
        return 0;
    }

    // Parts, all, too much; of the right account and of another; with charges, with money left, on days that may be closed.
    private static List<CertainLine> Payments(Random chance, int round, IReadOnlyList<Invoice> invoices) => [.. Enumerable.Range(0, 60).Select(no =>
    {
        var of = invoices[chance.Next(invoices.Count)];
        List<(Invoice Invoice, decimal Amount)> settles = [];
        foreach (var one in invoices.Where(one => one.Account == of.Account && chance.Next(3) > 0))
            settles.Add((one, chance.Next(4) switch { 0 => one.Total, 1 => 1m, 2 => Math.Round(one.Total / 2, 2, MidpointRounding.AwayFromZero), _ => 3.33m }));
        if (chance.Next(12) == 0) settles.Add((invoices[chance.Next(invoices.Count)], 2m));
        if (chance.Next(15) == 0) settles.Add((of with { Number = "US-2026-0999999" }, 2m));
        var unapplied = settles.Count == 0 || chance.Next(4) == 0 ? 2.50m : 0m;
        return Line(
            $"r{round}-{no:00}", chance.Next(3) switch { 0 => "2026-11-28", 1 => "2026-12-05", _ => "2026-12-20" }, of, unapplied,
            chance.Next(5) == 0 ? 0.30m : 0m, [.. settles]);
    })];
}
