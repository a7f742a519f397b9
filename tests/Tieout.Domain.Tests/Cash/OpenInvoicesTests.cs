using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash;

namespace Tieout.Domain.Tests.Cash;

/// <summary>Payments that are decided together come to what they come to one by one, each after the books were asked again.</summary>
public class OpenInvoicesTests
{
    private static readonly Guid Harbour = new("00000000-0000-7000-8000-00000000000a");
    private static readonly Guid Quay = new("00000000-0000-7000-8000-00000000000b");
    private static readonly DateOnly Day = new(2026, 12, 20);

    private static readonly SettledInvoice[] Invoices = [.. Enumerable.Range(1, 5).Select(no => new SettledInvoice(
        new Guid(no, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), FormattableString.Invariant($"US-{no}"), no < 4 ? Harbour : Quay, no != 5, "USD",
        Day.AddDays(no == 3 ? 1 : -no), 4 + no))];

    private static Gen<Asked> Payment =>
        from amount in Gen.Choose(1, 9)
        from oldest in Gen.Elements(true, false, false)
        from payer in Gen.Elements(Harbour, Harbour, Quay)
        from wishes in Gen.Zip(Gen.Choose(1, 6), Gen.Choose(0, 5)).ListOf()
        select new Asked(
            new CashToApply(payer, new Money(amount, Currency.Of("USD")), Day), oldest ? []
                : [.. wishes.Take(3).Select(wish => new SettleWish(FormattableString.Invariant($"US-{wish.Item1}"), wish.Item2 == 0 ? null : wish.Item2))], oldest);

    [Fact]
    public void In_any_order_each_payment_finds_what_those_before_it_left() =>
        Prop.ForAll(Arb.From(Payment.ListOf()), payments =>
        {
            var (together, books) = (new OpenInvoices(Invoices), Invoices.ToDictionary(one => one.Id));
            foreach (var asked in payments)
            {
                var alone = asked.OldestFirst ? ApplyCash.OldestFirst(asked.Cash, books.Values.Where(one => one.IsInvoice && one.Account == asked.Cash.Account))
                    : ApplyCash.Named(asked.Cash, asked.Wishes, [.. books.Values]);
                var decided = together.Settle(asked.Cash, asked.Wishes, asked.OldestFirst);
                if (alone is not ApplyDecision.Applied(var shares, var rest))
                {
                    decided.ShouldBe(alone);
                    continue;
                }
                var applied = decided.ShouldBeOfType<ApplyDecision.Applied>();
                applied.Shares.ShouldBe(shares);
                applied.Rest.ShouldBe(rest);
                foreach (var share in shares)
                {
                    var id = ((CashPool.OnInvoice)share.Pool).Invoice;
                    books[id] = books[id] with { Open = books[id].Open - share.Amount };
                    books[id].Open.ShouldBeGreaterThanOrEqualTo(0);
                }
            }
        }).QuickCheckThrowOnFailure();

    private sealed record Asked(CashToApply Cash, IReadOnlyList<SettleWish> Wishes, bool OldestFirst);
}
