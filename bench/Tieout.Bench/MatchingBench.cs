using System.Diagnostics;
using System.Globalization;
using System.Text;
using Dapper;
using Npgsql;
using Tieout.Application.Statements;

namespace Tieout.Bench;

/// <summary>
/// A bank statement against what customers owe: the file read, judged and stored as any import does it; all its payments decided, the answers
/// stored; what is certain booked; and the others decided again. Beside it a raw binary COPY of exactly the rows that were booked. Five open
/// invoices a customer.
/// </summary>
internal static class MatchingBench
{
    private const string OurIban = "DE89370400440532013000";
    private const int InvoicesOfAccount = 5;
    private const int KindsOfPayment = 20;
    private const int CertainKinds = 14;
    private const decimal Opening = 1_000_000_000m;

    // Which rows of a table were booked for a payment, and what tells one half of them from the other.
    private static readonly (string Table, string Rows, string Half)[] Booked =
    [
        ("runs.run", "kind = 'journal'", "id"),
        ("cash.payment", "true", "id"),
        ("cash.movement", "true", "id"),
        ("cash.share", "true", "movement_id"),
        ("invoicing.given_once", "true", "document_id"),
        ("ledger.journal_entry", "source_kind = 'payment'", "id"),
        ("ledger.journal_line", "entry_id in (select entry_id from cash.movement)", "entry_id"),
        ("posting.posting", "true", "id"),
    ];

    private static CancellationToken None => CancellationToken.None;

    public static async Task Run(int lines, int items)
    {
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("matching");
        await Fill(source, items);
        var file = Path.GetTempFileName();
        Write(file, lines, items);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{lines:N0} payments ({new FileInfo(file).Length / 1024 / 1024:N0} MiB of camt.053), {items:N0} open invoices\n"));
        Console.WriteLine("| what | s | a second | CPU s program | CPU s PostgreSQL | peak memory MiB |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
        var import = new ImportStatement(source, TimeProvider.System) { Afterwards = _ => Task.FromResult(new MatchCounts(0, 0, 0, 0, 0)) };
        await Timed(server, "statement read, proven, stored", async () =>
        {
            await using var stream = File.OpenRead(file);
            var outcome = await import.Camt(stream, "bench", None);
            if (outcome is not StatementOutcome.Taken({ Statements: [{ Entries: var entries }] }) || entries != lines)
                throw new InvalidOperationException($"The statement was not taken: {outcome}.");
            return lines;
        });
        File.Delete(file);
        var matching = new MatchLines(source, TimeProvider.System);
        MatchRound? round = null;
        await Timed(server, "invoices taken in by amount", async () =>
        {
            await matching.TakeIn(None);
            return items;
        });
        var decided = await Timed(server, "all decided, answers stored", async () =>
        {
            round = await matching.Decide(LineCursor.Start, int.MaxValue, None);
            return lines;
        });
        var booked = await Timed(server, "certain ones booked", async () => (await matching.Book(round!.Certain, None)).Booked);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| **matched and booked, in all** | **{(decided + booked).TotalSeconds:0.0}** | {lines / (decided + booked).TotalSeconds:N0} | | | |"));
        await Timed(server, "all that is not certain decided again", async () =>
        {
            var again = await matching.Decide(LineCursor.Start, int.MaxValue, None);
            return again.Certain.Count == 0 ? again.Proposed + again.Unapplied + again.Unknown : throw new InvalidOperationException("Something is certain again.");
        });
        await Check(source, round!.Certain.Count, lines);
        await using var floor = await server.Create("floor");
        var raw = await RawCopy(source, floor);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{round.Certain.Count:N0} certain, {round.Proposed:N0} proposed, {round.Unapplied:N0} unapplied, {round.Unknown:N0} unknown. Raw COPY of what was booked: {raw.TotalSeconds:0.0} s, booking {booked / raw:0.00} times that, deciding and booking {(decided + booked) / raw:0.00} times."));
    }

    // Every payment that is meant to be is booked, once, and the books hold what came.
    private static async Task Check(NpgsqlDataSource source, int certain, int lines)
    {
        await using var connection = await source.OpenConnectionAsync();
        var (booked, payments, off) = await connection.QuerySingleAsync<(long, long, decimal)>(
            """
            select (select count(*) from cash.bank_line where state = 'booked'), (select count(*) from cash.payment),
                   (select sum(amount) from ledger.journal_line where account = 'cash-clearing') - (select sum(amount) from cash.bank_line where state = 'booked')
            """, commandTimeout: 0);
        var meant = Enumerable.Range(0, lines).Count(no => no % KindsOfPayment < CertainKinds);
        if (booked != certain || payments != certain || certain != meant || off != 0)
            throw new InvalidOperationException($"{meant} are meant to be certain: {certain} are, {booked} lines and {payments} payments are booked, off by {off}.");
    }

    /// <summary>Into the same tables with their indexes, without triggers and foreign keys, over two connections. Only the COPY is timed.</summary>
    private static async Task<TimeSpan> RawCopy(NpgsqlDataSource source, NpgsqlDataSource floor)
    {
        List<List<(string Table, byte[] Rows)>> halves = [];
        foreach (var half in new[] { 0, 1 })
        {
            List<(string, byte[])> dumps = [];
            foreach (var (table, rows, id) in Booked)
            {
                await using var connection = await source.OpenConnectionAsync();
                var columns = await BillingBench.Columns(connection, table);
                dumps.Add(($"{table} ({columns})", await BillingBench.Dump(
                    source, $"copy (select {columns} from {table} where {rows} and (hashtext({id}::text) & 1) = {half} order by ctid) to stdout (format binary)")));
            }
            halves.Add(dumps);
        }
        await using (var fresh = await floor.OpenConnectionAsync())
            foreach (var (table, _, _) in Booked) await fresh.ExecuteAsync($"alter table {table} disable trigger all");
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(halves.Select(async half =>
        {
            await using var connection = await floor.OpenConnectionAsync();
            foreach (var (table, rows) in half) await BillingBench.Feed(connection, table, rows);
        }));
        return watch.Elapsed;
    }

    private static async Task<TimeSpan> Timed(BenchDatabase server, string what, Func<Task<int>> work)
    {
        ProgramMemory.ForgetPeak();
        var (program, database, watch) = (Process.GetCurrentProcess().TotalProcessorTime, server.CpuUsed(), Stopwatch.StartNew());
        var things = await work();
        var (elapsed, took) = (watch.Elapsed, watch.Elapsed.TotalSeconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {what}: {things:N0} | {took:0.00} | {things / took:N0} | {(Process.GetCurrentProcess().TotalProcessorTime - program).TotalSeconds:0.0} | {(server.CpuUsed() - database).TotalSeconds:0.0} | {Process.GetCurrentProcess().PeakWorkingSet64 / 1024 / 1024:N0} |"));
        return elapsed;
    }

    // What of an invoice matching and booking look at, with the entry and posting that every invoice has.
    private static async Task Fill(NpgsqlDataSource source, int items)
    {
        await using var connection = await source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into customers.legal_entity (id, code, name, currency, country, series, credit_series, entry_series, iban) values
              ('00000000-0000-7000-8000-000000000001', 'US', 'Bench Inc.', 'USD', 'US', 'US', 'USC', 'USJ', @OurIban);
            -- Its bank account is added by a trigger; nothing that follows needs one.
            set session_replication_role = replica;
            insert into customers.customer (id, code, name, country, correlation_id)
              select md5('a' || n)::uuid, 'C-' || n, initcap(substr(md5('w' || n % 40000), 1, 7)) || ' ' || initcap(substr(md5('v' || n), 1, 8)) || ' Ltd', 'US', md5('a' || n)::uuid
              from generate_series(0, @accounts - 1) n;
            insert into customers.billing_account (id, code, customer_id, legal_entity_id, currency, tax_code, term_days, correlation_id)
              select id, code, id, '00000000-0000-7000-8000-000000000001', 'USD', 'X', 30, id from customers.customer;
            insert into cash.payer_number (number, billing_account_id, actor, created_at)
              select 'GB29NWBK' || lpad(n::text, 14, '0'), md5('a' || n)::uuid, 'bench', now() from generate_series(0, @accounts - 1) n;
            create temporary table sample as
              select n, ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid as id, md5('a' || n / @InvoicesOfAccount)::uuid as account,
                     date '2026-07-01' + n % @InvoicesOfAccount * interval '1 month' as month, 10 + n % 89989 / 100.0 as amount
              from generate_series(0, @items - 1) n;
            insert into invoicing.invoice (id, billing_account_id, customer_id, legal_entity_id, number, month, currency, net, tax, total, issue_date, due_date,
                lines, run_id, correlation_id, created_at)
              select id, account, account, '00000000-0000-7000-8000-000000000001', 'US-2026-' || lpad((n + 1)::text, 7, '0'), month, 'USD', amount, 0, amount, month,
                     month + interval '30 days', 1, id, id, now() from sample order by n;
            insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, correlation_id, created_at)
              select id, account, '00000000-0000-7000-8000-000000000001', month, month, 'invoice', id, id, now() from sample order by n;
            insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount)
              select id, no, account, '00000000-0000-7000-8000-000000000001', month, case no when 1 then 'receivable' else 'revenue' end, 'USD',
                     case no when 1 then amount else -amount end
              from sample cross join generate_series(1, 2) no order by n, no;
            drop table sample;
            set session_replication_role = origin;
            """, new { OurIban, items, InvoicesOfAccount, accounts = (items + InvoicesOfAccount - 1) / InvoicesOfAccount }, commandTimeout: 0);
        await connection.ExecuteAsync("vacuum analyze", commandTimeout: 0);
    }

    // Twenty kinds of payments by turns, each of another customer. Of every customer the account it pays from is known.
    private static void Write(string file, int lines, int items)
    {
        using var text = new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16);
        var (accounts, moved) = (items / InvoicesOfAccount, 0m);
        text.Write("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>");
        text.Write($"<Stmt><Id>BENCH</Id><Acct><Id><IBAN>{OurIban}</IBAN></Id></Acct>");
        List<string> entries = new(lines);
        for (var no = 0; no < lines; no++)
        {
            var account = (int)((long)no * 7919 % accounts);
            var first = account * InvoicesOfAccount;
            var (amount, words, from) = (no % KindsOfPayment) switch
            {
                <= 7 => (Amount(first), $"Invoice {Number(first)} thank you", account), // named, to the cent
                <= 10 => (Amount(first), $"{Number(first).Replace("-", " ", StringComparison.Ordinal)} of {account}", account), // the same with gaps
                <= 13 => (Amount(first) + Amount(first + 1), $"{Number(first)}, {Number(first + 1)}", account), // two numbers
                14 or 15 => (Math.Floor(Amount(first) * 50) / 100, $"part of {Number(first)}", account), // less than is asked for
                16 => (Amount(first + 2), $"invoice {Number(first + 2)[..^3]}", account), // cut
                17 => (Amount(first + 3), $"INV{Number(first + 3).Replace("-", "", StringComparison.Ordinal)}", accounts + no), // run together, payer unknown
                _ => (Amount(first + 4) + 0.01m, "services", accounts + no), // nothing says whose it is
            };
            moved += amount;
            entries.Add(Entry(no, amount, words, from));
        }
        text.Write(Balance("OPBD", Opening) + Balance("CLBD", Opening + moved));
        foreach (var entry in entries) text.Write(entry);
        text.Write("</Stmt></BkToCstmrStmt></Document>");
    }

    private static decimal Amount(int invoice) => 10 + invoice % 89989 / 100m;

    private static string Number(int invoice) => string.Create(CultureInfo.InvariantCulture, $"US-2026-{invoice + 1:0000000}");

    private static string Balance(string code, decimal amount) => string.Create(
        CultureInfo.InvariantCulture,
        $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">{amount:0.00}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-12-20</Dt></Dt></Bal>");

    private static string Entry(int no, decimal amount, string words, int from) => string.Create(
        CultureInfo.InvariantCulture,
        $"<Ntry><Amt Ccy=\"USD\">{amount:0.00}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-12-20</Dt></BookgDt><AcctSvcrRef>R{no}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E-{no}</EndToEndId></Refs><RltdPties><Dbtr><Nm>Payer {no}</Nm></Dbtr><DbtrAcct><Id><IBAN>GB29NWBK{from:00000000000000}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>");
}
