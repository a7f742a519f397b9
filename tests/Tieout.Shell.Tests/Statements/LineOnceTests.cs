using System.Text.Json;
using Npgsql;
using Tieout.Application.Statements;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Gateways;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Statements;

/// <summary>A line of a bank statement is booked once, whichever way somebody takes; taken back by hand, it is undecided and can be booked again.</summary>
public sealed class LineOnceTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_line_that_is_a_payout_is_no_customers_money_and_the_other_way_round()
    {
        var (books, gateway) = await GatewayDesk.Open(postgres);
        await gateway.Import(StripeTalk.Movement("txn_1", "charge", "ch_9", 1000, 30, 15), "po_2");
        await gateway.Tell(StripeTalk.Charge("ch_9", 1000, 15), StripeTalk.Payout("po_2", 970, 18));
        await using var desk = await LineDesk.Over(books);
        await desk.Report("a", 9.70m, "Stripe transfer", on: "2026-12-19");
        await desk.Report("b", 9.70m, "Stripe transfer", on: "2026-12-19");
        await desk.Match();
        var proposal = (await desk.Line("b")).Proposals[0].Id;
        var payout = $$"""{"proposal":"{{proposal}}","reason":"Seen","actor":"mara"}""";
        var confirmed = CashDesk.Done(await desk.Accept("a", payout));

        // Somebody with an older screen says that it is C-1's money.
        CashDesk.Why(await desk.For("a", "C-1")).ShouldBe("line-booked line");
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(9.70m);
        (await desk.Line("a")).Entry.ShouldBe(confirmed.Number);

        var received = CashDesk.Done(await desk.For("b", "C-1"));
        CashDesk.Why(await desk.Accept("b", payout)).ShouldBe("line-booked line");
        // Pressed twice it is the same answer, and nothing more.
        CashDesk.Done(await desk.For("b", "C-1")).Number.ShouldBe(received.Number);
        CashDesk.Done(await desk.Accept("a", payout)).Number.ShouldBe(confirmed.Number);
        (await desk.Cash.Scalar<long>("select count(*) from cash.payment where source = 'bank'")).ShouldBe(1);
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(19.40m);
    }

    [Fact]
    public async Task Of_many_who_book_one_line_at_once_one_does()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", 10.74m, "thanks");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(no => desk.For("a", no % 2 == 0 ? "C-1" : "C-3")));
        var told = outcomes.Select(CashDesk.Why).ToList();
        told.Count(why => why == "line-booked line").ShouldBe(3);
        (await desk.Cash.Scalar<long>("select count(*) from cash.payment")).ShouldBe(1);
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(10.74m);
    }

    [Fact]
    public async Task PostgreSQL_itself_takes_no_second_payment_for_a_line_and_leaves_none_booked_by_what_is_taken_back()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", 10.74m, "thanks");
        CashDesk.Done(await desk.For("a", "C-1"));
        var twice = await Should.ThrowAsync<PostgresException>(() => desk.Execute(
            """
            insert into cash.payment (id, billing_account_id, legal_entity_id, source, reference, method, received_on, currency, amount, content_hash, created_at)
            select gen_random_uuid(), id, legal_entity_id, 'bank', 'a', 'wire', '2026-12-20', 'USD', 10.74, '', now() from customers.billing_account where code = 'C-3'
            """));
        twice.ConstraintName.ShouldBe("bank_line_booked_once");
        foreach (var change in new[]
        {
            "update cash.bank_line set attempt = 2", "update cash.bank_line set state = 'new', entry_number = '', attempt = 2",
            "delete from cash.bank_line",
        }) (await Should.ThrowAsync<PostgresException>(() => desk.Execute(change))).ConstraintName.ShouldBe("bank_line_stays", change);
        // Whoever takes the entry back without setting the line free is refused when he is done.
        var still = await Should.ThrowAsync<PostgresException>(() => desk.Execute(
            """
            begin;
            create or replace function pg_temp.copy() returns void language plpgsql as $$
            declare
              original ledger.journal_entry;
              mine uuid := gen_random_uuid();
            begin
              select e.* into original from ledger.journal_entry e join cash.movement m on m.entry_id = e.id;
              insert into ledger.journal_entry (id, billing_account_id, legal_entity_id, month, entry_date, source_kind, source_id, text, reverses, correlation_id, created_at)
              values (mine, original.billing_account_id, original.legal_entity_id, original.month, original.entry_date, 'reversal', gen_random_uuid(), 'x', original.id, mine, now());
              insert into ledger.journal_line (entry_id, line_no, billing_account_id, legal_entity_id, month, account, currency, amount, text, clears)
              select mine, line_no, billing_account_id, legal_entity_id, month, account, currency, -amount, text, clears from ledger.journal_line where entry_id = original.id;
              insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount, state, correlation_id, created_at, changed_at)
              values (gen_random_uuid(), original.billing_account_id, original.legal_entity_id, 'reversal', mine, 'USJ-2026-0000099', original.month, 'USD', 10.74, 'staged', mine, now(), now());
            end $$;
            select pg_temp.copy();
            commit;
            """));
        still.ConstraintName.ShouldBe("bank_line_of_a_standing_entry");
    }

    [Fact]
    public async Task What_booked_a_line_is_taken_back_and_the_line_is_booked_for_another_customer()
    {
        await using var desk = await LineDesk.Open(postgres);
        var invoice = await desk.Invoice("C-3");
        await desk.Report("a", 10.74m, "thanks");
        var wrong = CashDesk.Done(await desk.For("a", "C-1"));
        var back = CashDesk.Done(await desk.Cash.Reverse(wrong.Number));

        var line = await desk.Line("a");
        (line.State, line.Entry, line.DecidedBy).ShouldBe(("new", "", ""));
        var before = line.Before.ShouldHaveSingleItem();
        (before.Entry, before.BookedBy, before.BookedWhy, before.Reversal, before.Actor, before.Reason)
            .ShouldBe((wrong.Number, "mara", "By phone", back.Number, "mara", "Booked by mistake"));
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(0m);
        // The month does not close over it.
        (await desk.Cash.Scalar<long>("select count(*) from cash.bank_line where state not in ('booked', 'declined')")).ShouldBe(1);

        var right = CashDesk.Done(await desk.Accept(
            "a", $$"""{"billing-account":"C-3","invoices":[{"invoice":"{{invoice}}","amount":"10.74"}],"reason":"It was C-3","actor":"mara"}"""));
        CashDesk.Why(await desk.For("a", "C-1")).ShouldBe("line-booked line");
        (await desk.Line("a")).Entry.ShouldBe(right.Number);
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(10.74m);
        // Once more back, and for the first one after all, in the same words as at first.
        CashDesk.Done(await desk.Cash.Reverse(right.Number));
        var third = CashDesk.Done(await desk.For("a", "C-1"));
        third.Number.ShouldNotBe(wrong.Number);
        CashDesk.Done(await desk.For("a", "C-1")).Number.ShouldBe(third.Number);
        (await desk.Line("a")).Before.Select(one => one.Entry).ShouldBe([wrong.Number, right.Number]);
        (await desk.Cash.Scalar<string>("select string_agg(reference, ' ' order by created_at) from cash.payment")).ShouldBe("a a#2 a#3");
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(10.74m);
    }

    [Fact]
    public async Task What_was_taken_back_once_books_itself_never_again()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Know("C-1");
        await desk.Report("a", 10.74m, await desk.Invoice("C-1"));
        (await desk.Match()).Booked.ShouldBe(1);
        CashDesk.Done(await desk.Cash.Reverse((await desk.Line("a")).Entry));
        (await desk.Match()).ShouldBe(new MatchCounts(0, 0, 1, 0, 0));
        var line = await desk.Line("a");
        line.Proposals[0].Reasons[^1].ShouldBe("What booked it before was taken back.");
        CashDesk.Done(await desk.Take("a")).Number.ShouldNotBe(line.Before[0].Entry);
        (await desk.Cash.Open(await desk.Invoice("C-1"))).ShouldBe(0m);
    }

    [Fact]
    public async Task Where_the_money_itself_went_back_the_line_stays_what_it_is()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Know("C-1");
        await desk.Report("a", 10.74m, await desk.Invoice("C-1"), id: "E2E-1");
        await desk.Match();
        await desk.Report("b", -10.74m, "returned", returned: true, id: "E2E-1", on: "2026-12-22");
        (await desk.Match()).Booked.ShouldBe(1);
        (await desk.Lines()).Select(line => line.State).ShouldBe(["booked", "booked"]);
        (await desk.Line("a")).Before.ShouldBeEmpty();
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(0m);
    }

    [Fact]
    public async Task A_payout_that_is_taken_back_by_hand_sets_its_line_free_too()
    {
        var (books, gateway) = await GatewayDesk.Open(postgres);
        await gateway.Import(StripeTalk.Movement("txn_1", "charge", "ch_9", 1000, 30, 15), "po_2");
        await gateway.Tell(StripeTalk.Charge("ch_9", 1000, 15), StripeTalk.Payout("po_2", 970, 18));
        await using var desk = await LineDesk.Over(books);
        await desk.Report("a", 9.70m, "po_2", on: "2026-12-18");
        (await desk.Match()).Booked.ShouldBe(1);
        CashDesk.Done(await desk.Cash.Reverse((await desk.Line("a")).Entry));
        (await desk.Line("a")).State.ShouldBe("new");
    }

    [Fact]
    public async Task Whoever_holds_a_connection_asks_for_no_second_one()
    {
        var books = await CashDesk.TwoInvoices(postgres);
        await using var desk = await LineDesk.Over(books);
        await desk.Report("a", 5m, "thanks");
        await desk.Report("b", -3m, "fees");
        await using var single = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(books.ConnectionString) { MaxPoolSize = 1, Timeout = 3 }.ConnectionString);
        var (cash, decide) = (new CashDesk(single), new DecideLine(single, TimeProvider.System));
        var paid = CashDesk.Done(await cash.Pay("20.00", reference: "R-1", key: "k-1"));
        CashDesk.Done(await cash.Pay("20.00", reference: "R-1", key: "k-1")).Number.ShouldBe(paid.Number);
        CashDesk.Done(await cash.Apply(paid.Number, "\"oldest-first\":true"));
        var refund = CashDesk.Done(await cash.Refund($"\"payment\":\"{paid.Number}\"", "1.00"));
        var dispute = CashDesk.Done(await cash.Dispute($"\"payment\":\"{paid.Number}\",\"amount\":\"2.00\""));
        CashDesk.Done(await cash.Settle(dispute.Number, Domain.Cash.DisputeState.Won));
        CashDesk.Done(await cash.Reverse(refund.Number));
        var accepted = JsonDocument.Parse("""{"billing-account":"C-1","reason":"By phone","actor":"mara"}""").RootElement;
        var first = CashDesk.Done(await decide.Accept("a", accepted, actor: null, CancellationToken.None));
        CashDesk.Done(await decide.Accept("a", accepted, actor: null, CancellationToken.None)).Number.ShouldBe(first.Number);
        CashDesk.Done(await decide.Book(
            "b", JsonDocument.Parse("""{"account":"bank-fees","reason":"Fees","actor":"mara"}""").RootElement, actor: null, CancellationToken.None));
        CashDesk.Done(await cash.Reverse(first.Number));
    }

    [Theory]
    [InlineData("hold", "", "month-closed on")]
    [InlineData("next-open-month", "reversal 2027-01-01: unapplied-cash 5, cash-clearing -5", "")]
    [InlineData("ask-to-reopen", "", "reopening-asked on")]
    public async Task A_return_for_a_closed_month_goes_by_the_policy_for_what_comes_late(string policy, string entry, string why)
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", 5m, "thanks", id: "E2E-1");
        CashDesk.Done(await desk.For("a", "C-1"));
        await desk.Report("b", -5m, "returned", returned: true, id: "E2E-1", on: "2026-12-28");
        await desk.Close("2026-12-31", policy);
        var counts = await desk.Match();
        if (why.Length == 0)
        {
            counts.Booked.ShouldBe(1);
            (await desk.Entries()).ShouldContain(entry);
            (await desk.Cash.Scalar<string>("select text from ledger.journal_entry where source_kind = 'reversal'")).ShouldEndWith(", of 2026-12-28");
            (await desk.Cash.Balance("cash-clearing")).ShouldBe(0m);
            return;
        }
        counts.NotBooked.ShouldBe(1);
        CashDesk.Why(await desk.Take("b")).ShouldBe(why);
        (await desk.Cash.Scalar<long>("select count(*) from ledger.month_event where event = 'reopening-asked'")).ShouldBe(policy == "ask-to-reopen" ? 1 : 0);
        await desk.Close("2026-12-31", "next-open-month");
        CashDesk.Done(await desk.Take("b")).Date.ShouldBe(new DateOnly(2027, 1, 1));
    }

    [Fact]
    public async Task What_a_person_declined_while_others_were_booked_stays_declined_for_returns_and_payouts_too()
    {
        var (books, gateway) = await GatewayDesk.Open(postgres);
        await gateway.Import(StripeTalk.Movement("txn_1", "charge", "ch_9", 1000, 30, 15), "po_2");
        await gateway.Tell(StripeTalk.Charge("ch_9", 1000, 15), StripeTalk.Payout("po_2", 970, 18));
        await using var desk = await LineDesk.Over(books);
        await desk.Report("a", 5m, "thanks", id: "E2E-1");
        CashDesk.Done(await desk.For("a", "C-1"));
        await desk.Report("b", -5m, "returned", returned: true, id: "E2E-1", on: "2026-12-22");
        await desk.Report("c", 9.70m, "po_2", on: "2026-12-18");
        var matching = new MatchLines(desk.Source, TimeProvider.System);
        var round = await matching.Decide(LineCursor.Start, 100, CancellationToken.None);
        round.Certain.Select(one => one.Key).Order().ShouldBe(["b", "c"]);
        (await desk.Decline("b")).ShouldBeNull();
        (await desk.Decline("c")).ShouldBeNull();
        (await matching.Book(round.Certain, CancellationToken.None)).ShouldBe((0, 0));
        (await desk.Lines()).Select(line => $"{line.Key} {line.State} {line.DecidedBy}").ShouldBe(["a booked mara", "b declined mara", "c declined mara"]);
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(14.70m);
    }

    [Fact]
    public async Task What_PostgreSQL_refuses_of_one_line_for_whatever_cause_keeps_no_other_from_being_booked()
    {
        var (books, gateway) = await GatewayDesk.Open(postgres);
        await gateway.Import(StripeTalk.Movement("txn_1", "charge", "ch_9", 1000, 30, 15), "po_2");
        await gateway.Tell(StripeTalk.Charge("ch_9", 1000, 15), StripeTalk.Payout("po_2", 970, 18));
        await using var desk = await LineDesk.Over(books);
        await desk.Know("C-1");
        foreach (var (key, amount, text) in new[] { ("a", 10.74m, GatewayDesk.First), ("b", 10.74m, GatewayDesk.Second), ("c", 9.70m, "po_2") }) await desk.Report(key, amount, text);
        // Something that nobody has thought of strikes lines a and c.
        await desk.Execute(
            """
            create function pg_temp_strike() returns trigger language plpgsql as $$
            begin
              if new.state = 'booked' and new.key in ('a', 'c') then raise exception 'the sky fell' using errcode = 'XX000'; end if;
              return new;
            end $$;
            create trigger strike before update on cash.bank_line for each row execute function pg_temp_strike();
            """);
        (await desk.Match()).ShouldBe(new MatchCounts(1, 2, 0, 0, 0));
        (await desk.Lines()).Select(line => $"{line.Key} {line.State} {string.Join(' ', line.Reasons)}").ShouldBe(
        [
            "a proposed Not booked: the books refuse it (XX000): the sky fell", $"b booked {string.Join(' ', (await desk.Line("b")).Reasons)}",
            "c proposed Not booked: the books refuse it (XX000): the sky fell",
        ]);
        await desk.Execute("drop trigger strike on cash.bank_line");
        (await desk.Match()).Booked.ShouldBe(2);
    }
}
