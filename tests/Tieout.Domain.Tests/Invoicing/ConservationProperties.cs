using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Catalog;
using Tieout.Domain.Customers;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;
using Tieout.Domain.Tests.Subscriptions;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Invoicing;

/// <summary>
/// What billing neither makes nor loses, in currencies of none, two and three decimals: however often it is billed, in whatever
/// order things became known, however a period is cut, and whatever is given back.
/// </summary>
public class ConservationProperties
{
    private const string End = "2028-01-01";
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true);
    private static readonly Currency Kwd = Currency.Of("KWD");
    private static readonly Gen<Currency> Currencies = Gen.Elements(Jpy, Eur, Kwd);
    private static readonly InvoiceId Invoiced = new(Guid.Parse("00000000-0000-0000-0000-0000000000c1"));

    private static readonly Gen<PriceTerms> Terms =
        from interval in Gen.Elements(BillingInterval.Monthly, BillingInterval.Quarterly, BillingInterval.Yearly, new BillingInterval(4, IntervalUnit.Week))
        from anchoring in Gen.Elements(Anchoring.Calendar, Anchoring.Anniversary)
        from timing in Gen.Elements(BillingTiming.Advance, BillingTiming.Arrears)
        from dayCount in Gen.Elements(DayCount.ActualDays, DayCount.Fixed30, DayCount.Seconds)
        select new PriceTerms { Interval = interval, Anchoring = anchoring, Timing = timing, DayCount = dayCount };

    // Seats from a day of 2026 on, at a price with four decimals; changes of their number, each known on one day and true from another.
    private static readonly Gen<Life> Lives =
        from currency in Currencies
        from terms in Terms
        from price in Gen.Choose(1, 9_999_999)
        from start in Gen.Choose(0, 40)
        from changes in Gen.ListOf(
            from day in Gen.Choose(1, 400) from seats in Gen.Choose(1, 20) from late in Gen.Choose(-20, 200) select (day, seats, late))
        from runs in Gen.ListOf(Gen.Choose(1, 80))
        select new Life(currency, terms, price / 10_000m, Day("2026-01-01").AddDays(start), [.. changes.Take(4).DistinctBy(one => one.day).Select((one, index) => one with { seats = one.seats * 10 + index })], [.. runs.Take(8)]);

    [Fact]
    public void Runs_in_between_bill_together_what_one_run_in_the_end_bills_and_a_run_again_adds_nothing() => Prop.ForAll(Lives.ToArbitrary(), life =>
    {
        var (often, once) = (new Books(), new Books());
        DateOnly? billed = null;
        var day = Day("2026-01-01");
        foreach (var step in life.Runs)
        {
            day = day.AddDays(step);
            often.Bill(life, day, billed);
            billed = day;
            if (often.Bill(life, day, billed) > 0) return false;
        }
        often.Bill(life, Day(End), billed);
        once.Bill(life, Day(End), null);
        return often.Standing().SequenceEqual(once.Standing()) && often.Bill(life, Day(End), Day(End)) == 0;
    }).Check(Often);

    [Fact]
    public void The_order_in_which_changes_became_known_does_not_matter() => Prop.ForAll(Lives.ToArbitrary(), life =>
    {
        var (one, other) = (new Books(), new Books());
        one.Bill(life, Day(End), null);
        other.Bill(life with { Changes = [.. life.Changes.Select(change => change with { Late = -change.Late })] }, Day(End), null);
        return one.Standing().SequenceEqual(other.Standing());
    }).Check(Often);

    /// <summary>Each part is off its exact share by half a minor unit at most; so is the whole. What comes to nothing has no line.</summary>
    [Fact]
    public void Cutting_periods_changes_their_total_by_half_a_minor_unit_for_each_part_at_most() => Prop.ForAll(
        Lives.ToArbitrary(), Gen.Choose(1, 400).NonEmptyListOf().ToArbitrary(), (life, cuts) =>
        {
            var whole = life.Subscription([]) with { End = Day("2027-10-10") };
            var days = cuts.Take(6).Distinct().Order().Select(cut => life.Start.AddDays(cut)).ToList();
            List<DateOnly> from = [life.Start, .. days];
            var split = whole with
            {
                Components = [.. from.Select((day, index) =>
                    whole.Components[0] with { From = day, Until = index < days.Count ? days[index] : null, OpenedBy = index + 1 })],
            };
            var apart = Lines(whole, life.Currency).Sum(line => line.Amount.Amount) - Lines(split, life.Currency).Sum(line => line.Amount.Amount);
            return Math.Abs(apart) <= 0.5m / Tens(life.Currency) * (Parted(whole) + Parted(split));
        }).Check(Often);

    /// <summary>Lines of several tax codes and rates; given back by amounts and by lines, and what is left as a whole.</summary>
    [Fact]
    public void An_invoice_and_all_its_credits_are_nothing_in_net_tax_total_and_in_each_tax_group() => Prop.ForAll(
        Invoices.ToArbitrary(), Gen.Choose(1, 1000).ListOf().ToArbitrary(), (drawn, shares) =>
        {
            var given = new GivenBack(drawn);
            foreach (var share in shares.Take(8)) given.Some(share);
            given.Rest();
            return given.Net == 0 && given.Tax == 0 && given.Total == 0 && given.Groups.All(group => group is { Base: 0, Tax: 0 });
        }).Check(Often.WithMaxTest(500));

    private static readonly Gen<Invoice> Invoices =
        from currency in Currencies
        from amounts in Gen.Choose(1, 9_999_999).NonEmptyListOf()
        from rates in Gen.Choose(0, 27_000).ListOf(8)
        select Drawn(currency, [.. amounts.Take(8).Select(minor => minor / Tens(currency))], [.. rates]);

    // Every second rate is that of the line before, so that groups have several lines.
    private static Invoice Drawn(Currency currency, decimal[] amounts, int[] rates) => Invoice.Draw(
        Account(currency), Day("2026-03-01"), [.. amounts.Select((amount, index) => new TaxedLine(First(currency, index + 1, amount), TaxOf(rates[index / 2])))], []);

    private static LineTax TaxOf(int rate) => new($"T-{rate}", rate == 0 ? "Z" : "S", rate / 100_000m, Day("2026-03-31"));

    private static LineToBook First(Currency currency, int no, decimal amount) => new(
        new ChargeLine(
            new LineKey(Sample.Id, $"line {no}", Day("2026-03-01")), Sample.Correlation, new Money(amount, currency),
            new ServicePeriod(Day("2026-03-01"), Day("2026-04-01")), 1, amount, Recognition.Deferred, $"Line {no}"), 1, amount, amount, null, null);

    private static BillingAccount Account(Currency currency) => new(
        new BillingAccountId(Guid.Empty), new CustomerId(Guid.Empty), new LegalEntityId(Guid.Empty), currency, "T", 14, Sample.Correlation);

    private static List<ChargeLine> Lines(Subscription subscription, Currency currency, BillingWindow? window = null) => Wanted.Of(
        new BillableAccount(Account(currency), "A") { Subscriptions = [new BillableSubscription(subscription, "S") { Touched = true }] },
        window ?? new BillingWindow(Day("2026-01-01"), null, Day(End))).Lines;

    private static int Parted(Subscription subscription) => Parts.Of(subscription, DateOnly.MinValue, Day(End)).Count();

    private static decimal Tens(Currency currency) => currency.MinorUnits switch { 0 => 1m, 2 => 100m, _ => 1000m };

    private sealed record Known(int Day, int Seats, int Late);

    private sealed record Life(
        Currency Currency, PriceTerms Terms, decimal Price, DateOnly Start, List<(int Day, int Seats, int Late)> Changes, List<int> Runs)
    {
        // As it is known on a day: changes that were told by then, in the order they were told.
        public Subscription KnownOn(DateOnly day) => Subscription([.. Changes
            .Select(change => (change.Day, change.Seats, Told: Start.AddDays(change.Day + change.Late)))
            .Where(change => change.Told <= day).OrderBy(change => change.Told).Select(change => new Known(change.Day, change.Seats, 0))]);

        public Subscription Subscription(IReadOnlyList<Known> known)
        {
            var create = new Change.Create("TEAM", Currency, "UTC", [new ComponentOrder("seats", Sample.Price("seats", Terms, Price, currency: Currency), 1m, null)]);
            List<Amendment> amendments = [new Amendment(1, Start, create) { Reason = "signed", Actor = "mara" }];
            foreach (var change in known)
                amendments.Add(new Amendment(amendments.Count + 1, Start.AddDays(change.Day), Amend.Seats(change.Seats)) { Reason = "agreed", Actor = "mara" });
            return Amend.Folded([.. amendments]).Subscription;
        }
    }

    // What a database keeps, by key.
    private sealed class Books
    {
        private readonly Dictionary<LineKey, BookedLine> _booked = [];

        // How many lines a run of a day books; it may look at everything.
        public int Bill(Life life, DateOnly day, DateOnly? billedThrough)
        {
            var wanted = Lines(life.KnownOn(day), life.Currency, new BillingWindow(Day("2026-01-01"), billedThrough, day));
            var lines = Difference.Between(wanted, [.. _booked.Values]);
            foreach (var line in lines)
                _booked[line.Line.Key] = new BookedLine(
                    line.Line, line.Revision, line.Standing, line.Billed, line.Origin ?? new LineOrigin(Invoiced, "X-2026-0000001", 1), line.Tax ?? TaxOf(0));
            return lines.Count;
        }

        public IEnumerable<(LineKey Key, decimal Billed)> Standing() => _booked.Values.Where(line => line.Billed != 0)
            .Select(line => (line.Key, line.Billed)).OrderBy(line => line.Key.From);
    }

    // An invoice that is given back piece by piece.
    private sealed class GivenBack(Invoice invoice)
    {
        private readonly decimal[] _left = [.. invoice.Lines.Select(line => line.Amount.Amount)];
        private readonly Dictionary<string, StandingTax> _standing = invoice.Taxes.ToDictionary(
            tax => tax.Code, tax => new StandingTax(Invoiced, tax.Code, tax.Rate, tax.Base.Amount, tax.Tax.Amount), StringComparer.Ordinal);

        public decimal Net { get; private set; } = invoice.Net.Amount;

        public decimal Tax { get; private set; } = invoice.Tax.Amount;

        public decimal Total { get; private set; } = invoice.Total.Amount;

        public IEnumerable<StandingTax> Groups => _standing.Values;

        // Thousandths of what is left: of everything, or of one line.
        public void Some(int share)
        {
            var open = _left.Sum();
            if (open == 0) return;
            var line = Array.FindIndex(_left, left => left > 0);
            if (share % 2 == 0) Give(CreditMemos.ByAmount(Now(), new Money(Part(open, share), invoice.Account.Currency), "Goodwill"));
            else Give(CreditMemos.Of(Now(), [new LineCredit(line + 1, Part(_left[line], share))], "Goodwill"));
        }

        public void Rest()
        {
            if (_left.Sum() > 0) Give(CreditMemos.Whole(Now(), "Goodwill"));
        }

        private decimal Part(decimal amount, int share) =>
            Math.Max(1 / Tens(invoice.Account.Currency), Rounding.HalfAwayFromZero(amount * share / 1000, invoice.Account.Currency.MinorUnits));

        private List<CreditableLine> Now() => [.. invoice.Lines.Select((line, index) => new CreditableLine(
            index + 1, 1, line.Amount.Amount, line.Line.Line.Description,
            new BookedLine(line.Line.Line, 1, line.Amount.Amount, _left[index], new LineOrigin(Invoiced, "X-2026-0000001", index + 1), line.Tax)))];

        private void Give(CreditDecision decision)
        {
            var given = decision.ShouldBeOfType<CreditDecision.Given>();
            var memo = Invoice.Draw(invoice.Account, Day("2026-04-01"), [.. given.Lines.Select(line => new TaxedLine(line, line.Tax!))], [.. _standing.Values]);
            memo.Kind.ShouldBe(DocumentKind.CreditMemo);
            foreach (var line in given.Lines) _left[line.Origin!.LineNo - 1] = line.Billed;
            foreach (var tax in memo.Taxes)
                _standing[tax.Code] = _standing[tax.Code] with { Base = _standing[tax.Code].Base + tax.Base.Amount, Tax = _standing[tax.Code].Tax + tax.Tax.Amount };
            (Net, Tax, Total) = (Net + memo.Net.Amount, Tax + memo.Tax.Amount, Total + memo.Total.Amount);
            _left.ShouldAllBe(left => left >= 0);
        }
    }
}
