using System.Globalization;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Application.Ledger;
using Tieout.Domain.Ledger;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Ledger;

/// <summary>Balances are the sums of their lines, whatever is booked, folded, killed or restored beside.</summary>
public sealed class BalanceTests(PostgresFixture postgres)
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Bills_payments_refunds_disputes_write_offs_and_reversals_are_in_the_balances_folded_or_not()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        (await LedgerSeed.Proof(books)).Holds.ShouldBeTrue();
        var paid = CashDesk.Done(await desk.Pay("20.00", "\"oldest-first\":true,\"fee\":\"0.30\"")).Number;
        CashDesk.Done(await desk.Refund($"\"payment\":\"{paid}\"", "1.00"));
        CashDesk.Done(await desk.Dispute("\"invoice\":\"US-2026-0000002\",\"amount\":\"1.00\""));
        CashDesk.Done(await desk.Reverse(await desk.WriteOff("US-2026-0000002", 0.5m)));

        var before = await LedgerSeed.Proof(books);
        before.Findings.ShouldBeEmpty();
        (await LedgerSeed.Waiting(books)).ShouldBeGreaterThan(0);
        (await new FoldBalances(books.Source).Run(None)).ShouldBeGreaterThan(0);
        (await LedgerSeed.Waiting(books)).ShouldBe(0);
        (await new FoldBalances(books.Source).Run(None)).ShouldBe(0);
        var after = await LedgerSeed.Proof(books);
        after.Findings.ShouldBeEmpty();
        (after.Balances, after.Lines).ShouldBe((before.Balances, before.Lines));
        after.Lines.ShouldBe(await books.Scalar<long>("select count(*) from ledger.journal_line"));
    }

    [Fact]
    public async Task Writers_wait_for_nobody_and_every_moment_between_adds_up()
    {
        await using var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 1);
        using var written = new CancellationTokenSource();
        var folding = Enumerable.Range(0, 2).Select(async _ =>
        {
            while (!written.IsCancellationRequested) await new FoldBalances(books.Source).Run(None);
        }).ToList();
        var reading = Task.Run(async () =>
        {
            List<LedgerProof> proofs = [];
            while (!written.IsCancellationRequested) proofs.Add(await LedgerSeed.Proof(books));
            return proofs;
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var round = 0; round < 25; round++)
                await books.Execute(LedgerSeed.Entries(writer == 0 ? 200 : 1, writer % 2 == 0 ? "2026-11-01" : "2026-12-01"));
        }));
        await written.CancelAsync();
        await Task.WhenAll(folding);
        (await reading).ShouldAllBe(proof => proof.Holds);
        var proof = await LedgerSeed.Proof(books);
        (proof.Holds, proof.Lines, proof.Balances).ShouldBe((true, 2 * ((25 * 200) + (75 * 1)), 4));
    }

    [Fact]
    public async Task What_is_not_committed_is_neither_folded_nor_seen()
    {
        await using var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 1);
        await using var writer = await books.Source.OpenConnectionAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await using (var insert = new NpgsqlCommand(LedgerSeed.Entries(3), writer, transaction)) await insert.ExecuteNonQueryAsync();
        (await new FoldBalances(books.Source).Run(None)).ShouldBe(0);
        (await LedgerSeed.Proof(books)).Lines.ShouldBe(0);
        await transaction.CommitAsync();
        (await LedgerSeed.Proof(books)).ShouldSatisfyAllConditions(proof => proof.Holds.ShouldBeTrue(), proof => proof.Lines.ShouldBe(6));
        (await new FoldBalances(books.Source).Run(None)).ShouldBe(2);
    }

    [Fact]
    public async Task A_fold_that_is_killed_has_done_nothing_and_the_next_does_it()
    {
        await using var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 1);
        await books.Execute(LedgerSeed.Entries(2));
        await new FoldBalances(books.Source).Run(None);
        await books.Execute(LedgerSeed.Entries(3));
        await using var holder = await books.Source.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("select 1 from ledger.account_balance for update", holder, transaction)) await hold.ExecuteNonQueryAsync();

        var folding = new FoldBalances(books.Source).Run(None);
        await Eventually.True(async () => await books.Scalar<bool>(
            """
            select bool_or(pg_terminate_backend(pid)) is not null from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%delete from ledger.balance_change%'
            """), "the fold waits and is killed");
        await Should.ThrowAsync<NpgsqlException>(() => folding);
        // Its client hears of the end before its locks are gone.
        await Eventually.True(async () => await books.Scalar<bool>(
            """
            select not exists (select from pg_stat_activity
              where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and query like '%delete from ledger.balance_change%')
            """), "the killed one is gone");
        await transaction.RollbackAsync();
        (await LedgerSeed.Waiting(books)).ShouldBe(2);
        (await LedgerSeed.Proof(books)).Holds.ShouldBeTrue();
        (await new FoldBalances(books.Source).Run(None)).ShouldBe(2);
        (await LedgerSeed.Proof(books)).ShouldSatisfyAllConditions(proof => proof.Holds.ShouldBeTrue(), proof => proof.Lines.ShouldBe(10));
    }

    [Theory]
    [InlineData("update ledger.account_balance set debit = debit + 0.01 where account = 'rounding'", BalanceTrouble.Differs)]
    [InlineData("delete from ledger.account_balance where account = 'rounding'", BalanceTrouble.NotKept)]
    [InlineData("update ledger.account_balance set account = 'tax' where account = 'rounding'", BalanceTrouble.NotKept)]
    [InlineData("insert into ledger.balance_change select tenant, legal_entity_id, month, account, 'EUR', 1, 0, 1 from ledger.account_balance", BalanceTrouble.NotBooked)]
    public async Task A_balance_that_was_tampered_with_is_named(string tampered, BalanceTrouble trouble)
    {
        await using var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 1);
        await books.Execute(LedgerSeed.Entries(2));
        await new FoldBalances(books.Source).Run(None);
        await books.Execute(tampered);
        var proof = await LedgerSeed.Proof(books);
        proof.Holds.ShouldBeFalse();
        proof.Findings.ShouldContain(finding => finding.Trouble == trouble && finding.Entity == "US");
    }

    [Fact]
    public async Task Restored_books_have_their_balances_and_go_on()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        await books.Execute(LedgerSeed.Entries(2));
        (await LedgerSeed.Waiting(books)).ShouldBeGreaterThan(0);
        using var folder = new TemporaryFolder();
        await Backup.Write(books.Source, folder["books.zip"], None);
        await using var to = await postgres.CreateEmptyDatabase();
        await Restore.Run(to.Source, folder["books.zip"], replace: false, Migrations.Shipped, None);
        var restored = await LedgerSeed.Proof(to);
        (restored.Holds, restored.Lines).ShouldBe((true, await books.Scalar<long>("select count(*) from ledger.journal_line")));
        await to.Execute(LedgerSeed.Entries(1));
        await new FoldBalances(to.Source).Run(None);
        (await LedgerSeed.Proof(to)).ShouldSatisfyAllConditions(proof => proof.Holds.ShouldBeTrue(), proof => proof.Lines.ShouldBe(restored.Lines + 2));
    }

    [Fact]
    public async Task Books_that_were_kept_before_balances_were_get_theirs()
    {
        await using var books = await postgres.CreateEmptyDatabase();
        var step = Migrations.Shipped.First(Migrations.Shipped.Newest).Single(migration => migration.Name.EndsWith("_ledger", StringComparison.Ordinal)).Number;
        await new Migrations([.. Migrations.Shipped.First(step - 1)], "0").Run(books.Source, None);
        await SampleData.Subscriptions(books.Source, 1);
        await books.Execute(LedgerSeed.Entries(5));
        await Migrations.Shipped.Run(books.Source, None);
        (await books.Scalar<decimal>("select debit from ledger.account_balance where account = 'rounding'")).ShouldBe(35m);
        (await LedgerSeed.Proof(books)).Lines.ShouldBe(10L, string.Create(CultureInfo.InvariantCulture, $"migration {step}"));
        (await LedgerSeed.Proof(books)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task Books_of_before_there_were_amounts_in_the_books_get_them_by_the_rates_of_their_documents()
    {
        await using var books = await FxDesk.Start(postgres, FxDesk.Rates, 11, 12);
        var (fx, desk) = (new FxDesk(books.Source), new CashDesk(books.Source));
        await desk.Credit("US-2026-0000001", 5.00m);
        var documents = await Functional(books, "in ('invoice', 'credit-memo')");
        documents.ShouldContain("receivable 10.74 9.67");
        var paid = CashDesk.Done(await desk.Pay("10.74", "\"invoices\":[{\"invoice\":\"US-2026-0000002\"}]")).Number;
        var back = CashDesk.Done(await desk.Reverse(paid)).Number;
        var given = Migrations.Shipped.First(Migrations.Shipped.Newest).Single(migration => migration.Name.EndsWith("_functional", StringComparison.Ordinal)).Sql;
        var from = given.IndexOf("create function pg_temp.minor_units", StringComparison.Ordinal);
        const string To = "drop function pg_temp.minor_units(text);";
        // As they were: without the lines that a rate won or lost, and without amounts.
        await books.Execute(
            """
            alter table ledger.journal_line disable trigger booked_is_booked;
            delete from ledger.journal_line where amount = 0;
            update ledger.journal_line set functional = null;
            alter table ledger.journal_line enable trigger booked_is_booked;
            """ + given[from..(given.IndexOf(To, StringComparison.Ordinal) + To.Length)]);
        (await Functional(books, "in ('invoice', 'credit-memo')")).ShouldBe(documents);
        // The payment at the rate of what it settled, and what took it back by the same.
        (await fx.Lines(paid)).ShouldBe("cash-clearing 10.74 = 9.88, receivable -10.74 = -9.88");
        (await fx.Lines(back)).ShouldBe("cash-clearing -10.74 = -9.88, receivable 10.74 = 9.88");
        (await books.Scalar<long>("select count(*) from (select from ledger.journal_line group by entry_id having sum(functional) <> 0) off")).ShouldBe(0);
        (await books.Scalar<long>("select count(*) from ledger.journal_line where functional is null")).ShouldBe(0);
    }

    private static async Task<string> Functional(TestDatabase books, string kinds) => await books.Scalar<string>(
        $"""
        select string_agg(l.account || ' ' || round(l.amount, 2) || ' ' || round(l.functional, 2), ', ' order by e.entry_date, e.source_id, l.line_no)
        from ledger.journal_line l join ledger.journal_entry e on e.id = l.entry_id where e.source_kind {kinds} and l.amount <> 0
        """);
}
