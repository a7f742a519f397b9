using Tieout.Domain.Cash;

namespace Tieout.Domain.Tests.Cash;

/// <summary>What money settles: three invoices of one account, A of 100 of 1 November, B of 50 of 2 November, C of 20 of 1 December.</summary>
public class ApplyCashTests
{
    private static readonly Guid Payer = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Other = new("00000000-0000-0000-0000-000000000002");

    private static readonly SettledInvoice[] Books =
    [
        Invoice("B", 50m, new DateOnly(2026, 11, 2)), Invoice("A", 100m, new DateOnly(2026, 11, 1)), Invoice("C", 20m, new DateOnly(2026, 12, 1)),
        Invoice("PAID", 0m, new DateOnly(2026, 11, 1)), Invoice("EUR", 9m, new DateOnly(2026, 11, 1)) with { Currency = "EUR" },
        Invoice("OTHER", 9m, new DateOnly(2026, 11, 1)) with { Account = Other }, Invoice("MEMO", 0m, new DateOnly(2026, 11, 1)) with { IsInvoice = false },
    ];

    [Theory]
    [InlineData("120", "A=100 B=20", "A=100 B=20", "0")]
    [InlineData("120", "A=40", "A=40", "80")]
    [InlineData("120", "B", "B=50", "70")]
    [InlineData("120", "A B", "A=100 B=20", "0")] // as far as the money goes
    [InlineData("120", "", "", "120")]
    [InlineData("0.01", "A", "A=0.01", "0")]
    public void Settles_what_is_named_and_leaves_the_rest(string money, string wishes, string settled, string rest) =>
        Told(ApplyCash.Named(Cash(money), Wishes(wishes), Books)).ShouldBe($"{settled} | {rest}");

    [Theory]
    [InlineData("120", "A=100 B=20", "0")]
    [InlineData("100", "A=100", "0")]
    [InlineData("160", "A=100 B=50", "10")] // C is dated later than the money
    public void Settles_the_oldest_first(string money, string settled, string rest) =>
        Told(ApplyCash.OldestFirst(Cash(money), Books)).ShouldBe($"{settled} | {rest}");

    [Theory]
    [InlineData("A=100.01", "more-than-owed invoices[0].amount")]
    [InlineData("A=100 B=20.01", "more-than-received invoices[1].amount")]
    [InlineData("A=100 B=20 EUR", "other-currency invoices[2].invoice")]
    [InlineData("A=0", "bad-amount invoices[0].amount")]
    [InlineData("A=0.001", "bad-amount invoices[0].amount")]
    [InlineData("A=1 A=1", "invoice-twice invoices[1].invoice")]
    [InlineData("NONE", "unknown-invoice invoices[0].invoice")]
    [InlineData("OTHER", "other-account invoices[0].invoice")]
    [InlineData("MEMO", "not-an-invoice invoices[0].invoice")]
    [InlineData("PAID", "nothing-left invoices[0].invoice")]
    [InlineData("C", "before-invoice invoices[0].invoice")]
    public void Refuses_by_field(string wishes, string refusal)
    {
        var problem = ApplyCash.Named(Cash("120"), Wishes(wishes), Books).ShouldBeOfType<ApplyDecision.Refused>().Problem;
        $"{problem.Code} {problem.Field}".ShouldBe(refusal);
    }

    // A of 100 may be settled with 2 % off until 11 November, of which 0.50 is taken.
    [Theory]
    [InlineData("98", "A=98-1.50", "11-11", "A=98 1.5 | 0")]
    [InlineData("98", "A-1.50", "11-11", "A=98 1.5 | 0")]
    [InlineData("120", "A-1.50 B=10", "11-11", "A=98.5 1.5 B=10 | 11.5")]
    [InlineData("49", "A=49-1", "11-11", "A=49 1 | 0")]
    [InlineData("49", "A=49-1.01", "11-11", "more-than-discount invoices[0].discount")]
    [InlineData("98", "A=98-1.51", "11-11", "more-than-discount invoices[0].discount")]
    [InlineData("99", "A=99-1.50", "11-11", "more-than-owed invoices[0].amount")]
    [InlineData("98", "A=98-1.50", "11-12", "discount-too-late invoices[0].discount")]
    [InlineData("98", "A=98-0", "11-11", "bad-amount invoices[0].discount")]
    [InlineData("98", "A=98-0.001", "11-11", "bad-amount invoices[0].discount")]
    [InlineData("49", "B=49-1", "11-11", "no-discount invoices[0].discount")]
    public void Keeps_a_discount_that_the_terms_give(string money, string wishes, string day, string told) =>
        Discounted(ApplyCash.Named(
            Cash(money) with { ReceivedOn = DateOnly.Parse($"2026-{day}", System.Globalization.CultureInfo.InvariantCulture) }, Wishes(wishes), WithDiscount))
            .ShouldBe(told);

    [Theory]
    [InlineData("98.49", "A-1.50", "0.01", "A=98.49 1.5 short 0.01 | 0")]
    [InlineData("98.51", "A-1.50", "0.01", "A=98.5 1.5 kept 0.01 | 0")]
    [InlineData("100", "A", "0.01", "A=100 | 0")]
    [InlineData("99.50", "A", "0.50", "A=99.5 short 0.5 | 0")]
    [InlineData("100.51", "A", "0.50", "more-than-tolerance difference")]
    [InlineData("99.49", "A", "0.50", "more-than-tolerance difference")]
    [InlineData("99.99", "A", "0", "more-than-tolerance difference")]
    [InlineData("99.99", "A-1.51", "0.50", "more-than-tolerance difference")]
    [InlineData("98.30", "A-1.70", "0.50", "more-than-discount invoices[0].discount")]
    public void Lets_a_small_difference_go_where_that_is_asked(string money, string wishes, string tolerance, string told) =>
        Discounted(ApplyCash.Named(Cash(money) with { ReceivedOn = new DateOnly(2026, 11, 11), Tolerance = Parse(tolerance) }, Wishes(wishes), WithDiscount))
            .ShouldBe(told);

    private static SettledInvoice[] WithDiscount => [.. Books.Select(one => one.Number != "A" ? one
        : one with { Discount = new InvoiceDiscount(2m, new DateOnly(2026, 11, 11), 100m, 0.50m, [new("T", 0.25m, 80m, 20m)]) })];

    private static string Discounted(ApplyDecision decision) => decision switch
    {
        ApplyDecision.Refused(var problem) => $"{problem.Code} {problem.Field}",
        ApplyDecision.Applied(var shares, var rest) => FormattableString.Invariant($"{string.Join(' ', Shares(shares))} | {rest:0.####}"),
        _ => throw new InvalidOperationException(),
    };

    private static IEnumerable<string> Shares(IReadOnlyList<CashShare> shares)
    {
        foreach (var share in shares.Where(share => share.Pool is CashPool.OnInvoice))
        {
            var granted = CashPools.Whole(shares.Where(other => other.Pool is CashPool.Discount && other.Pool.Settles == share.Pool.Settles));
            yield return FormattableString.Invariant($"{Books.Single(one => one.Id == share.Pool.Settles).Number}={share.Amount:0.####}")
                + (granted == 0 ? "" : FormattableString.Invariant($" {granted:0.####}"));
        }
        foreach (var share in shares.Where(share => share.Pool is CashPool.Short or CashPool.Kept))
            yield return FormattableString.Invariant($"{(share.Pool is CashPool.Short ? "short" : "kept")} {share.Amount:0.####}");
    }

    private static CashToApply Cash(string money) => new(Payer, new Money(Parse(money), Currency.Of("USD")), new DateOnly(2026, 11, 20));

    private static SettledInvoice Invoice(string number, decimal open, DateOnly date) =>
        new(new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(number))[..16]), number, Payer, IsInvoice: true, "USD",
            date, open);

    private static List<SettleWish> Wishes(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('='))
            .Select(parts => (Number: parts[0].Split('-'), Amount: parts.Length == 2 ? parts[1].Split('-') : []))
            .Select(one => new SettleWish(
                one.Number[0], one.Amount.Length > 0 ? Parse(one.Amount[0]) : null,
                one.Amount.Length > 1 ? Parse(one.Amount[1]) : one.Number.Length > 1 ? Parse(one.Number[1]) : null)),
    ];

    private static string Told(ApplyDecision decision)
    {
        var (shares, rest) = decision.ShouldBeOfType<ApplyDecision.Applied>();
        var settled = shares.Select(share => FormattableString.Invariant(
            $"{Books.Single(one => new CashPool.OnInvoice(one.Id) == share.Pool).Number}={share.Amount:0.####}"));
        return FormattableString.Invariant($"{string.Join(' ', settled)} | {rest:0.####}");
    }

    private static decimal Parse(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
