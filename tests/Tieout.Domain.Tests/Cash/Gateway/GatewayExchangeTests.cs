using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Exchange;
using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Cash.Gateway;

/// <summary>Money that settles in another currency: what its entries say, and that nothing is left of it.</summary>
public class GatewayExchangeTests
{
    private static readonly DateOnly Day = new(2026, 12, 15);

    // What lay on clearing, what the balance got, the books, what both are worth there; then the entry in the books' currency.
    [Theory]
    [InlineData("11.92 EUR", "12.75 USD", "USD", "12.87", "12.75", "gateway-clearing 12.75, fx-gain-loss 0.12, currency-exchange -12.87")]
    [InlineData("11.92 EUR", "12.99 USD", "USD", "12.87", "12.99", "gateway-clearing 12.99, fx-gain-loss -0.12, currency-exchange -12.87")]
    [InlineData("11.92 EUR", "12.87 USD", "USD", "12.87", "12.87", "gateway-clearing 12.87, currency-exchange -12.87")]
    [InlineData("-5.00 EUR", "-5.30 USD", "USD", "-5.25", "-5.30", "currency-exchange 5.25, fx-gain-loss 0.05, gateway-clearing -5.30")]
    [InlineData("11.92 EUR", "12.75 USD", "EUR", "11.92", "11.80", "currency-exchange 11.80, fx-gain-loss 0.12, gateway-clearing -11.92")]
    [InlineData("-11.92 EUR", "-12.75 USD", "EUR", "-11.92", "-11.80", "gateway-clearing 11.92, fx-gain-loss -0.12, currency-exchange -11.80")]
    [InlineData("11.92 EUR", "12.75 USD", "GBP", "10.10", "10.00", "fx-gain-loss 0.10, currency-exchange -0.10")]
    [InlineData("11.92 EUR", "12.75 USD", "GBP", "10.00", "10.10", "currency-exchange 0.10, fx-gain-loss -0.10")]
    [InlineData("11.92 EUR", "12.75 USD", "GBP", "10.00", "10.00", "")]
    [InlineData("1000 JPY", "6.61 USD", "USD", "6.70", "6.61", "gateway-clearing 6.61, fx-gain-loss 0.09, currency-exchange -6.70")]
    [InlineData("1 JPY", "0.01 USD", "KWD", "0.002", "0.003", "currency-exchange 0.001, fx-gain-loss -0.001")]
    [InlineData("0.01 EUR", "0.01 USD", "USD", "0", "0.01", "gateway-clearing 0.01, fx-gain-loss -0.01")]
    public void What_was_won_or_lost_is_booked_once(string given, string got, string books, string left, string came, string entry)
    {
        var exchange = new GatewayExchange(Read(given), Read(got));
        exchange.IsOne.ShouldBeTrue();
        var inBooks = exchange.InBooks(Currency.Of(books), Number(left), Number(came));
        Told(inBooks?.Lines ?? []).ShouldBe(entry);
        (inBooks?.Lines ?? []).Sum(line => line.Amount).ShouldBe(0m);
        exchange.Leaves.Lines.Concat(exchange.Comes.Lines).Where(line => line.Account == "gateway-clearing").Sum(line => line.Amount)
            .ShouldBe(exchange.Got.Amount - exchange.Given.Amount);
    }

    [Theory]
    [InlineData("5 EUR", "-5 USD")]
    [InlineData("5 EUR", "0 USD")]
    [InlineData("0 EUR", "0 USD")]
    [InlineData("5 EUR", "5 EUR")]
    public void What_did_not_go_the_same_way_into_another_currency_is_no_exchange(string given, string got) =>
        new GatewayExchange(Read(given), Read(got)).IsOne.ShouldBeFalse();

    [Fact]
    public void After_the_payout_clearing_is_zero_in_every_currency_whatever_was_charged_refunded_disputed_and_kept() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var model = new Clearing(new[] { "USD", "EUR", "GBP", "JPY" }[random.Next(4)], random);
            var settles = new[] { "USD", "EUR", "JPY" }[random.Next(3)];
            for (var charge = random.Next(1, 7); charge > 0; charge--)
            {
                var currency = new[] { "USD", "EUR", "GBP", "JPY" }[random.Next(4)];
                var (paid, back) = (random.Next(1, 100_000), 0);
                List<Action> later = [];
                model.Moves(Whole(paid, currency), later, settles);
                while (random.Next(3) == 0 && back < paid)
                {
                    var part = random.Next(1, paid - back + 1);
                    back += part;
                    model.Moves(Whole(-part, currency), later, settles);
                    // It came back, or the dispute was won.
                    if (random.Next(2) == 0) model.Moves(Whole(part, currency), later, settles);
                }
                // Told in any order.
                foreach (var exchange in later.OrderBy(_ => random.Next())) exchange();
                if (random.Next(2) == 0) model.Keep(Whole(random.Next(1, 300), settles));
            }
            model.PayOut(settles);
            return model.IsEmpty;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true));

    private static Money Whole(int units, string currency) => currency == "JPY" ? new Money(units, Currency.Of(currency)) : new Money(units / 100m, Currency.Of(currency));

    private static Money Read(string text) => new(Number(text.Split(' ')[0]), Currency.Of(text.Split(' ')[1]));

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Told(IEnumerable<CashLine> lines) =>
        string.Join(", ", lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Account} {line.Amount:0.00##}")));

    // The clearing account as entries move it, at rates that change from one to the next.
    private sealed class Clearing(string booksCode, Random random)
    {
        private readonly Currency _books = Currency.Of(booksCode);
        private readonly Dictionary<string, Carried> _stands = new(StringComparer.Ordinal);
        private decimal _between;

        public bool IsEmpty => _between == 0 && _stands.Values.All(one => one == default);

        // A charge, a refund, or what came back of one: now in the customer's currency; exchanged, or in the balance's own, later.
        public void Moves(Money amount, List<Action> later, string settles)
        {
            Book(new EntryInCurrency(amount.Currency, [new("gateway-clearing", amount.Amount), new("unapplied-cash", -amount.Amount)]));
            if (amount.Currency.Code == settles) return;
            var worth = Math.Round(amount.Amount * (decimal)(0.5 + random.NextDouble()), settles == "JPY" ? 0 : 2, MidpointRounding.AwayFromZero);
            if (Math.Sign(worth) != Math.Sign(amount.Amount)) worth = Math.Sign(amount.Amount) * (settles == "JPY" ? 1 : 0.01m);
            later.Add(() => Exchange(new GatewayExchange(amount, new Money(worth, Currency.Of(settles)))));
        }

        public void Keep(Money fee) => Book(new EntryInCurrency(fee.Currency, GatewayEntries.Kept(fee.Amount)));

        public void PayOut(string settles)
        {
            var amount = _stands.GetValueOrDefault(settles).Amount;
            if (amount != 0) Book(new EntryInCurrency(Currency.Of(settles), GatewayEntries.PaidOut(amount)));
        }

        private void Exchange(GatewayExchange exchange)
        {
            var left = exchange.Given.Currency == _books ? exchange.Given.Amount : Book(exchange.Leaves);
            var came = exchange.Got.Currency == _books ? exchange.Got.Amount : -Book(exchange.Comes);
            if (exchange.InBooks(_books, left, came) is { } inBooks) Book(inBooks);
        }

        // Answers what it leaves on the account between, in the books.
        private decimal Book(EntryInCurrency entry)
        {
            var stands = _stands.GetValueOrDefault(entry.Currency.Code);
            List<decimal> amounts = [.. entry.Lines.Select(line => line.Amount)];
            if (entry.Currency != _books)
            {
                var rate = new RateAnswer.Found(AppliedRate.Of(new ExchangeRate(
                    entry.Currency, _books, Day, "spot", Math.Round((decimal)(0.2 + random.NextDouble()), 4, MidpointRounding.AwayFromZero))));
                List<LineToValue> lines = [.. entry.Lines.Select(line => new LineToValue(
                    line.Account, line.Amount, line.Account == "gateway-clearing" ? new CarriedItem(stands) : null))];
                var valued = FunctionalAmounts.Of(lines, entry.Currency, _books, rate).ShouldBeOfType<Valuation.Valued>();
                (valued.Amounts.Sum() + valued.Difference).ShouldBe(0m);
                amounts = [.. valued.Amounts];
            }
            amounts.Sum().ShouldBe(entry.Currency == _books ? 0m : amounts.Sum());
            foreach (var (line, worth) in entry.Lines.Zip(amounts))
                if (line.Account == "gateway-clearing") _stands[entry.Currency.Code] = _stands.GetValueOrDefault(entry.Currency.Code) + new Carried(line.Amount, worth);
            var between = entry.Lines.Zip(amounts).Where(one => one.First.Account == "currency-exchange").Sum(one => one.Second);
            _between += between;
            return between;
        }
    }
}
