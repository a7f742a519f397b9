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
            var taken = CashPools.Take(held, back)!;
            CashPools.Sum(taken).ShouldBe(back);
            Balanced(CashEntries.PaidBack(taken));
            Balanced(CashEntries.Lost(back, taken, LostTo.BadDebt));
            Balanced(CashEntries.Lost(back, taken, LostTo.OwedAgain));
            Balanced(CashEntries.Opposite(CashEntries.ChargedBack(back)));
            CashPools.Take(held, amount + 0.01m).ShouldBeNull();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_payment_does_to_an_invoice_its_refund_undoes() =>
        Prop.ForAll(Arb.From(Gen.Zip(Cents, Invoices)), pair =>
        {
            var (amount, invoices) = pair;
            var held = Pools(amount, invoices);
            var owed = CashEntries.Received(amount, 0, held).Concat(CashEntries.PaidBack(CashPools.Take(held, amount)!))
                .GroupBy(line => (line.Account, line.Settles)).Select(group => group.Sum(line => line.Amount));
            owed.ShouldAllBe(sum => sum == 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_not_applied_is_taken_first_and_the_invoice_settled_last_before_the_others()
    {
        CashShare[] held = [new(new CashPool.OnInvoice(Payer), 5m), new(new CashPool.OnInvoice(Guid.Empty), 7m), new(new CashPool.Unapplied(), 3m)];
        CashPools.Take(held, 11m).ShouldBe([new(new CashPool.Unapplied(), 3m), new(new CashPool.OnInvoice(Guid.Empty), 7m), new(new CashPool.OnInvoice(Payer), 1m)]);
    }

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

    private static void Balanced(IReadOnlyList<CashLine> lines)
    {
        lines.Sum(line => line.Amount).ShouldBe(0);
        lines.Count.ShouldBeGreaterThanOrEqualTo(2);
        lines.ShouldAllBe(line => line.Amount != 0);
    }
}
