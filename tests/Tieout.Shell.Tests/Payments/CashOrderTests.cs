using Dapper;
using Npgsql;
using Tieout.Domain.Cash;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Payments;

/// <summary>On which day money can be taken, and what follows what: on two invoices of 10.74 dollars, in December.</summary>
public sealed class CashOrderTests(PostgresFixture postgres)
{
    private const string First = "US-2026-0000001";
    private const string Second = "US-2026-0000002";

    [Fact]
    public async Task Money_is_not_taken_on_a_day_before_it_came_there()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("10.74")).Number;
        var of = $"\"payment\":\"{payment}\"";
        var applied = CashDesk.Done(await desk.Apply(payment, Named(First, "10.74"), day: 20)).Number;
        CashDesk.Why(await desk.Unapply(payment, Named(First, "1"), day: 19)).ShouldBe("before-money on");
        CashDesk.Why(await desk.Refund(of, "1", day: 19)).ShouldBe("before-money on");
        CashDesk.Why(await desk.Dispute(of, day: 19)).ShouldBe("before-money on");
        var off = CashDesk.Done(await desk.Unapply(payment, Named(First, "4"), day: 20)).Number;
        // Where it lies again since that was taken back, it lies since then.
        CashDesk.Why(await desk.Reverse(off, day: 19)).ShouldBe("before-journal on");
        CashDesk.Done(await desk.Reverse(off, day: 24));
        CashDesk.Why(await desk.Refund(of, "10.74", day: 23)).ShouldBe("before-money on");
        CashDesk.Why(await desk.Reverse(applied, day: 23)).ShouldBe("before-money on");
        CashDesk.Done(await desk.Reverse(applied, day: 24));
        CashDesk.Done(await desk.Refund(of, "10.74", day: 24));
    }

    [Fact]
    public async Task A_refund_of_a_credit_memo_takes_the_money_no_sooner_than_it_settled_the_invoice()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("10.74")).Number;
        CashDesk.Done(await desk.Apply(payment, Named(First, "10.74"), day: 20));
        var memo = $"\"credit-memo\":\"{await desk.Credit(First, 5m)}\"";
        CashDesk.Why(await desk.Refund(memo, "5.37", day: 19)).ShouldBe("before-money on");
        CashDesk.Done(await desk.Refund(memo, "5.37", day: 20));
    }

    [Fact]
    public async Task What_lay_there_on_the_day_is_taken_before_what_came_later()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("10.74")).Number;
        var applied = CashDesk.Done(await desk.Apply(payment, Named(First, "5.74"), day: 16)).Number;
        var off = CashDesk.Done(await desk.Unapply(payment, Named(First, "5.74"), day: 20)).Number;
        var sooner = CashDesk.Done(await desk.Apply(payment, Named(Second, "5"), day: 18)).Number;
        CashDesk.Why(await desk.Apply(payment, Named(Second, "1"), day: 18)).ShouldBe("before-money on");
        var later = CashDesk.Done(await desk.Apply(payment, Named(Second, "5.74"), day: 21)).Number;
        (await Follows(desk, sooner), await Follows(desk, later), await Follows(desk, off)).ShouldBe((payment, off, applied));
        // Nothing is taken back while its money is used, and nothing else keeps it.
        CashDesk.Why(await desk.Reverse(off)).ShouldBe("stood-upon number");
        CashDesk.Done(await desk.Reverse(later));
        CashDesk.Done(await desk.Reverse(off));
        CashDesk.Why(await desk.Reverse(payment)).ShouldBe("stood-upon number");
        CashDesk.Done(await desk.Reverse(applied));
        CashDesk.Done(await desk.Reverse(sooner));
        CashDesk.Done(await desk.Reverse(payment));
        (await desk.Open(First), await desk.Open(Second), await desk.Balance("cash-clearing")).ShouldBe((10.74m, 10.74m, 0m));
    }

    [Fact]
    public async Task What_takes_the_money_of_several_applications_follows_all_of_them()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("10.74", Named(First, "4"))).Number;
        var second = CashDesk.Done(await desk.Apply(payment, Named(First, "3"), day: 16)).Number;
        var third = CashDesk.Done(await desk.Apply(payment, Named(First, "3.74"), day: 17)).Number;
        var one = CashDesk.Done(await desk.Unapply(payment, Named(First, "3"), day: 18));
        one.Lines.Select(line => (line.Account, line.Amount.Amount)).ShouldBe([("receivable", 3m), ("unapplied-cash", -3m)]);
        var all = CashDesk.Done(await desk.Unapply(payment, Named(First, "7.74"), day: 18));
        all.Lines.Select(line => (line.Account, line.Amount.Amount)).ShouldBe([("receivable", 7.74m), ("unapplied-cash", -7.74m)]);
        (await Follows(desk, one.Number), await Follows(desk, all.Number)).ShouldBe((third, $"{payment} {second} {third}"));
        CashDesk.Why(await desk.Reverse(second)).ShouldBe("stood-upon number");
    }

    [Fact]
    public async Task A_dispute_decided_anew_and_a_charge_back_after_one_that_was_won_follow_what_put_the_money_back()
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("10.74", Named(First, "10.74"))).Number;
        var dispute = CashDesk.Done(await desk.Dispute($"\"payment\":\"{payment}\"", day: 16)).Number;
        var lost = CashDesk.Done(await desk.Settle(dispute, DisputeState.Lost, day: 17)).Number;
        var back = CashDesk.Done(await desk.Reverse(lost, day: 22)).Number;
        CashDesk.Why(await desk.Settle(dispute, DisputeState.Won, day: 21)).ShouldBe("before-money on");
        var won = CashDesk.Done(await desk.Settle(dispute, DisputeState.Won, day: 23)).Number;
        (await Follows(desk, won)).ShouldBe($"{dispute} {back}");
        CashDesk.Why(await desk.Refund($"\"payment\":\"{payment}\"", "1", day: 22)).ShouldBe("before-money on");
        var refund = CashDesk.Done(await desk.Refund($"\"payment\":\"{payment}\"", "1", day: 23)).Number;
        (await Follows(desk, refund)).ShouldBe(won);
        CashDesk.Why(await desk.Reverse(won)).ShouldBe("stood-upon number");
    }

    // A copy of a release on the day after an application, with one thing wrong.
    [Theory]
    [InlineData("", "")]
    [InlineData("update copy_entry set entry_date = '2026-12-19'", "entry_after_what_it_follows")]
    [InlineData("delete from copy_follows", "entry_follows_its_money")]
    [InlineData("update copy_share set layer = (select id from cash.movement where kind = 'receipt') where amount > 0", "share_in_its_own_layer")]
    [InlineData("update copy_share set layer = (select id from cash.movement where kind = 'receipt') where amount < 0", "payment_not_overdrawn")]
    public async Task The_database_itself_refuses(string wrong, string constraint)
    {
        await using var books = await CashDesk.TwoInvoices(postgres);
        var desk = new CashDesk(books.Source);
        var payment = CashDesk.Done(await desk.Pay("10.74")).Number;
        CashDesk.Done(await desk.Apply(payment, Named(First, "10.74"), day: 20));
        CashDesk.Done(await desk.Unapply(payment, Named(First, "1"), day: 21));
        await using var connection = await books.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var copy = () => connection.ExecuteAsync(Copied + wrong + ";" + Booked);
        if (constraint.Length == 0) await copy();
        else (await Should.ThrowAsync<PostgresException>(copy)).ConstraintName.ShouldBe(constraint);
    }

    internal const string Copied =
        """
        create temporary table copy_movement on commit drop as select * from cash.movement where kind = 'release';
        create temporary table copy_entry on commit drop as select e.* from ledger.journal_entry e join copy_movement m on m.entry_id = e.id;
        create temporary table copy_line on commit drop as select l.* from ledger.journal_line l join copy_movement m on m.entry_id = l.entry_id;
        create temporary table copy_share on commit drop as select s.* from cash.share s join copy_movement m on m.id = s.movement_id;
        create temporary table copy_follows on commit drop as select f.* from cash.follows f join copy_movement m on m.entry_id = f.entry_id;
        create temporary table copy_posting on commit drop as select p.* from posting.posting p join copy_movement m on m.entry_id = p.document_id;
        update copy_share set layer = md5('m')::uuid where layer = movement_id;
        update copy_share set movement_id = md5('m')::uuid;
        update copy_follows set entry_id = md5('e')::uuid;
        update copy_line set entry_id = md5('e')::uuid;
        update copy_entry set id = md5('e')::uuid, source_id = md5('m')::uuid;
        update copy_movement set id = md5('m')::uuid, entry_id = md5('e')::uuid;
        update copy_posting set id = md5('p')::uuid, document_id = md5('e')::uuid, business_key = 'COPY';
        """;

    internal const string Booked =
        """
        insert into cash.movement select * from copy_movement;
        insert into ledger.journal_entry select * from copy_entry;
        insert into ledger.journal_line select * from copy_line;
        insert into cash.share select * from copy_share;
        insert into cash.follows select * from copy_follows;
        insert into posting.posting (id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount, state,
          correlation_id, created_at, changed_at)
        select id, billing_account_id, legal_entity_id, document_kind, document_id, business_key, month, currency, amount, state,
          correlation_id, created_at, changed_at from copy_posting;
        """;

    private static Task<string> Follows(CashDesk desk, string number) => desk.Scalar<string>(
        """
        select string_agg(b.business_key, ' ' order by b.business_key)
        from cash.follows f join posting.posting p on p.document_id = f.entry_id join posting.posting b on b.document_id = f.before_id
        where p.business_key = @number
        """, new { number });

    private static string Named(string invoice, string amount) => $$"""
        "invoices":[{"invoice":"{{invoice}}","amount":"{{amount}}"}]
        """;
}
