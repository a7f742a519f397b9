using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash;
using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Cash;

/// <summary>What holds of any money and any invoices.</summary>
public class CashProperties
{
    private static readonly Guid Payer = new("00000000-0000-0000-0000-000000000001");
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly Currency Dollar = Currency.Of("USD");

    private static Gen<decimal> Cents => Gen.Choose(1, 100_000).Select(cents => cents / 100m);

    private static Gen<SettledInvoice[]> Invoices => Gen.Zip(Cents, Gen.Choose(-30, 5)).ArrayOf().Select(all => all.Select((one, index) => new SettledInvoice(
        new Guid(index + 1, 0, 0, new byte[8]), FormattableString.Invariant($"I-{index}"), Payer, IsInvoice: true, "USD", Day.AddDays(one.Item2),
            one.Item1)).ToArray());

    [Fact]
    public void What_is_applied_and_what_is_left_is_what_came_and_no_invoice_gets_more_than_it_asks_for() =>
        Prop.ForAll(Arb.From(Gen.Zip(Cents, Invoices)), pair =>
        {
            var (amount, invoices) = pair;
            var (shares, rest) = Oldest(amount, invoices);
            (CashPools.Sum(shares) + rest).ShouldBe(amount);
            rest.ShouldBeGreaterThanOrEqualTo(0);
            foreach (var share in shares)
            {
                var invoice = invoices.Single(one => new CashPool.OnInvoice(one.Id) == share.Pool);
                share.Amount.ShouldBeInRange(0.01m, invoice.Open);
                invoice.Date.ShouldBeLessThanOrEqualTo(Day);
            }
            // Money is left only where nothing is owed that it may settle.
            if (rest > 0) CashPools.Sum(shares).ShouldBe(invoices.Where(one => one.Date <= Day).Sum(one => one.Open));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_entry_of_a_payment_its_refund_and_its_dispute_balances() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Zip(Cents, Invoices), Gen.Zip(Gen.Choose(1, 100), Gen.Choose(0, 99)))), four =>
        {
            var ((amount, invoices), (part, keep)) = four;
            var held = Pools(amount, invoices);
            var fee = Math.Floor(amount * keep) / 100m;
            Balanced(CashEntries.Received(amount, fee, held));
            var back = Math.Max(0.01m, Math.Floor(amount * part) / 100m);
            var taken = Taken(held, back);
            CashPools.Sum(taken).ShouldBe(back);
            Balanced(CashEntries.PaidBack(taken));
            Balanced(CashEntries.Lost(back, taken, LostTo.BadDebt));
            Balanced(CashEntries.Lost(back, taken, LostTo.OwedAgain));
            Balanced(CashEntries.ChargedBack(taken));
            Balanced(CashEntries.Won(CashEntries.ChargedBack(taken), taken));
            CashPools.Take(Layers(held), amount + 0.01m, Day, Dollar).ShouldBe(new TakeDecision.TooMuch(amount));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_payment_does_to_an_invoice_its_refund_undoes() =>
        Prop.ForAll(Arb.From(Gen.Zip(Cents, Invoices)), pair =>
        {
            var (amount, invoices) = pair;
            var held = Pools(amount, invoices);
            var owed = CashEntries.Received(amount, 0, held).Concat(CashEntries.PaidBack(Taken(held, amount)))
                .GroupBy(line => (line.Account, line.Settles)).Select(group => group.Sum(line => line.Amount));
            owed.ShouldAllBe(sum => sum == 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_pool_holds_less_than_nothing_on_any_day_whatever_is_put_there_and_taken_and_taken_back_when() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Choose(1, 9), Gen.Zip(Gen.Choose(0, 3), Gen.Choose(0, 20))).ArrayOf()), steps =>
        {
            List<(Guid Layer, DateOnly On, decimal Amount, CashPool Pool)> rows = [];
            foreach (var (index, (amount, (pool, day))) in steps.Index())
            {
                var on = Day.AddDays(day);
                if (pool < 2) rows.Add((Id(index), on, amount, PoolOf(pool)));
                else if (CashPools.Take(Standing(rows), amount, on, Dollar) is TakeDecision.Taken(var shares))
                    rows.AddRange(shares.Select(share => (share.Layer!.Value, on, -share.Amount, share.Pool)));
                else if (rows.FindLastIndex(row => row.Amount < 0 && row.On <= on) is >= 0 and var last)
                    rows.Add(rows[last] with { Amount = -rows[last].Amount, On = on }); // taken back
            }
            foreach (var pool in rows.GroupBy(row => row.Pool))
                foreach (var day in pool.Select(row => row.On)) pool.Where(row => row.On <= day).Sum(row => row.Amount).ShouldBeGreaterThanOrEqualTo(0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_not_applied_is_taken_first_and_the_invoice_settled_last_before_the_others()
    {
        CashLayer[] held =
        [
            Layer(1, new CashPool.OnInvoice(Payer), 5m, 0), Layer(2, new CashPool.OnInvoice(Guid.Empty), 7m, 1), Layer(3, new CashPool.Unapplied(), 3m, 0),
        ];
        Told(CashPools.Take(held, 11m, Day.AddDays(1), Dollar)).ShouldBe("3 of 3, 7 of 2, 1 of 1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_invoices_that_one_payment_settled_at_once_the_last_one_is_taken_from_first(bool turned)
    {
        CashLayer[] held = [Layer(1, new CashPool.OnInvoice(Payer), 5m, 0) with { No = 1 }, Layer(1, new CashPool.OnInvoice(Guid.Empty), 7m, 0) with { No = 2 }];
        if (turned) Array.Reverse(held);
        CashPools.Take(held, 8m, Day, Dollar).ShouldBeOfType<TakeDecision.Taken>().Shares.Select(share => (share.Pool, share.Amount))
            .ShouldBe([(new CashPool.OnInvoice(Guid.Empty), 7m), (new CashPool.OnInvoice(Payer), 1m)]);
    }

    [Theory]
    [InlineData("4", 0, "4 of 1")] // what lay there on the day, as long as there is some
    [InlineData("4", 5, "4 of 2")] // else the newest
    [InlineData("6", 5, "6 of 2")]
    [InlineData("8", 5, "6 of 2, 2 of 1")]
    [InlineData("8", 4, "before-money on: U-2 put there on 2026-11-25 what it would take")]
    [InlineData("6", 0, "before-money on: U-2 put there on 2026-11-25 what it would take")]
    [InlineData("11.01", 9, "too much, 11")]
    public void Money_is_taken_on_a_day_on_which_it_was_there(string amount, int day, string taken) =>
        Told(CashPools.Take([Layer(1, new CashPool.Unapplied(), 5m, 0), Layer(2, new CashPool.Unapplied(), 6m, 5)], Number(amount), Day.AddDays(day), Dollar))
            .ShouldBe(taken);

    [Fact]
    public void A_lost_charge_back_gives_up_what_was_settled_and_owes_no_longer_what_was_not()
    {
        CashShare[] taken = [new(new CashPool.Unapplied(), 3m), new(new CashPool.OnInvoice(Payer), 7m)];
        CashEntries.Lost(10m, taken, LostTo.BadDebt).ShouldBe(
            [new(LedgerAccount.BadDebt, 7m), new(LedgerAccount.UnappliedCash, 3m), new(LedgerAccount.DisputedReceivable, -10m)]);
        CashEntries.Lost(10m, taken, LostTo.OwedAgain).ShouldBe(
            [new(LedgerAccount.UnappliedCash, 3m), new(LedgerAccount.Receivable, 7m, Payer), new(LedgerAccount.DisputedReceivable, -10m)]);
    }

    private static (IReadOnlyList<CashShare> Shares, decimal Left) Oldest(decimal amount, SettledInvoice[] invoices)
    {
        var applied = ApplyCash.OldestFirst(new CashToApply(Payer, new Money(amount, Currency.Of("USD")), Day), invoices).ShouldBeOfType<ApplyDecision.Applied>();
        return (applied.Shares, applied.Rest);
    }

    private static CashShare[] Pools(decimal amount, SettledInvoice[] invoices)
    {
        var (shares, rest) = Oldest(amount, invoices);
        return rest > 0 ? [.. shares, new CashShare(new CashPool.Unapplied(), rest)] : [.. shares];
    }

    private static CashPool PoolOf(int word) => word == 0 ? new CashPool.Unapplied() : new CashPool.OnInvoice(Payer);

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    private static CashLayer Layer(int number, CashPool pool, decimal amount, int day) =>
        new(Id(number), pool, amount, Day.AddDays(day), FormattableString.Invariant($"U-{number}"));

    // As the books are read: the day of the newest that put money there, or put some back.
    private static IReadOnlyList<CashLayer> Standing(List<(Guid Layer, DateOnly On, decimal Amount, CashPool Pool)> rows) =>
    [
        .. rows.GroupBy(row => (row.Layer, row.Pool)).Where(layer => layer.Sum(row => row.Amount) > 0).Select(layer => new CashLayer(
            layer.Key.Layer, layer.Key.Pool, layer.Sum(row => row.Amount), layer.Where(row => row.Amount > 0).Max(row => row.On), "")),
    ];

    private static IReadOnlyList<CashLayer> Layers(IEnumerable<CashShare> shares) =>
        [.. shares.Select((share, index) => new CashLayer(Id(index + 1), share.Pool, share.Amount, Day, ""))];

    private static IReadOnlyList<CashShare> Taken(IEnumerable<CashShare> shares, decimal amount) =>
        CashPools.Take(Layers(shares), amount, Day, Dollar).ShouldBeOfType<TakeDecision.Taken>().Shares;

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Told(TakeDecision decision) => decision switch
    {
        TakeDecision.Taken(var shares) => string.Join(", ", shares.Select(share => FormattableString.Invariant(
            $"{share.Amount:0.##} of {share.Layer!.Value.ToByteArray()[0]}"))),
        TakeDecision.TooEarly early => $"{early.Problem.Code} {early.Problem.Field}: {early.Problem.Reason}",
        TakeDecision.TooMuch(var held) => FormattableString.Invariant($"too much, {held:0.##}"),
        _ => throw new InvalidOperationException("No words for it."),
    };

    private static void Balanced(IReadOnlyList<CashLine> lines)
    {
        lines.Sum(line => line.Amount).ShouldBe(0);
        lines.Count.ShouldBeGreaterThanOrEqualTo(2);
        lines.ShouldAllBe(line => line.Amount != 0);
    }
}
