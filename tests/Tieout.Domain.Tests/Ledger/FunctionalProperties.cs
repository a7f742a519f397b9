using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Exchange;
using Tieout.Domain.Ledger;

namespace Tieout.Domain.Tests.Ledger;

/// <summary>What holds of any invoices, payments, refunds, disputes and reversals at any rates.</summary>
public class FunctionalProperties
{
    private static Gen<Step[]> Steps => Gen.Zip(Gen.Zip(Gen.Choose(0, 8), Gen.Choose(0, 5)), Gen.Zip(Gen.Choose(1, 30_000), Gen.Choose(500, 1500)))
        .Select(step => new Step(step.Item1.Item1, step.Item1.Item2, step.Item2.Item1 / 100m, step.Item2.Item2 / 1000m)).ArrayOf();

    [Fact]
    public void Every_entry_comes_to_zero_in_the_books_and_what_is_settled_carries_nothing() => Prop.ForAll(Arb.From(Steps), steps =>
    {
        var books = new Books();
        foreach (var step in steps)
        {
            books.Play(step);
            books.Prove();
        }
        books.SettleAll();
        books.Prove();
        books.Items.Values.ShouldAllBe(item => item == default(Carried));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_an_invoice_wins_or_loses_is_what_came_less_what_it_was_booked_at_in_whatever_parts_and_ways() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Choose(3, 100_000), Gen.Zip(Gen.Zip(Gen.Choose(1, 99), Gen.Choose(0, 3)), Gen.Zip(Gen.Choose(500, 1500), Gen.Choose(500, 1500))))), four =>
        {
            var (total, part) = (four.Item1 / 100m, Math.Max(0.01m, Math.Floor(four.Item1 * four.Item2.Item1.Item1 / 100m) / 100m));
            var (way, first, second) = (four.Item2.Item1.Item2, four.Item2.Item2.Item1 / 1000m, four.Item2.Item2.Item2 / 1000m);
            var books = new Books();
            books.Invoice(total, 0.9m);
            (decimal Amount, decimal Rate)[] money = [(part, first), (total - part, second)];
            if (way % 2 == 1) Array.Reverse(money);
            foreach (var (amount, rate) in money)
            {
                books.Pay(amount, way < 2 ? amount : 0m, rate);
                if (way >= 2) books.Apply(books.Payments - 1, 0, amount);
            }
            books.Items.Values.ShouldAllBe(item => item == default(Carried));
            books.Difference.ShouldBe(Eur(total * 0.9m) - money.Sum(one => Eur(one.Amount * one.Rate)));
        }).QuickCheckThrowOnFailure();

    private static decimal Eur(decimal amount) => Rounding.HalfAwayFromZero(amount, 2);

    private sealed record Step(int Kind, int Which, decimal Amount, decimal Rate);

    // The books of one customer, as small as they can be: items with what they carry, and entries that can be taken back, the newest first.
    private sealed class Books
    {
        private static readonly Currency Dollar = Currency.Of("USD");
        private static readonly Currency Euro = Currency.Of("EUR");

        private readonly Dictionary<string, Carried> _began = new(StringComparer.Ordinal);
        private readonly Dictionary<(string Payment, string Invoice), decimal> _applied = [];
        private readonly List<IReadOnlyList<(string Item, Carried Line)>> _entries = [];
        private readonly Stack<(int Entry, (string Payment, string Invoice)? Applied, decimal Amount)> _undo = new();

        public Dictionary<string, Carried> Items { get; } = new(StringComparer.Ordinal);

        public int Payments { get; private set; }

        public decimal Difference { get; private set; }

        private int Invoices { get; set; }

        public void Prove()
        {
            foreach (var entry in _entries) entry.Sum(line => line.Line.Functional).ShouldBe(0m);
            foreach (var (item, carried) in Items) if (carried.Amount == 0) carried.Functional.ShouldBe(0m, item);
        }

        public void Play(Step step)
        {
            var (invoice, payment) = ($"receivable {step.Which % Math.Max(1, Invoices)}", $"unapplied-cash {step.Which % Math.Max(1, Payments)}");
            var (open, held) = (Held(invoice).Amount, -Held(payment).Amount);
            var (some, here) = (Math.Min(step.Amount, open), Math.Min(step.Amount, held));
            switch (step.Kind)
            {
                case 0: Invoice(step.Amount, step.Rate); break;
                case 1: Pay(step.Amount, some, step.Rate, invoice); break;
                case 2 when Math.Min(some, held) > 0: Apply(step.Which % Payments, step.Which % Invoices, Math.Min(some, held)); break;
                case 3 when _applied.Where(one => one.Value > 0).Select(one => one.Key).FirstOrDefault() is { Payment: not null } key:
                    var off = Math.Min(step.Amount, _applied[key]);
                    Book([(key.Invoice, off), (key.Payment, -off)], step.Rate);
                    Applied(key, -off);
                    break;
                case 4 when here > 0: Book([(payment, here), ("cash-clearing", -here)], step.Rate); break;
                case 5 when some > 0: Book([("disputed-receivable", some), (invoice, -some)], step.Rate); break;
                case 6 when Held("disputed-receivable").Amount is > 0 and var disputed && Invoices > 0:
                    Book([(invoice, Math.Min(step.Amount, disputed)), ("disputed-receivable", -Math.Min(step.Amount, disputed))], step.Rate);
                    break;
                case 7 when some > 0: Book([("bad-debt", some), (invoice, -some)], step.Rate); break;
                case 8: Undo(); break;
            }
        }

        public void Invoice(decimal amount, decimal rate)
        {
            var item = $"receivable {Invoices++}";
            var carried = new Carried(amount, Eur(amount * rate));
            _began[item] = carried;
            Add([(item, carried), ("revenue", new Carried(-carried.Amount, -carried.Functional))]);
        }

        public void Pay(decimal amount, decimal applied, decimal rate, string? invoice = null)
        {
            var (item, on) = ($"unapplied-cash {Payments++}", invoice ?? "receivable 0");
            Book([("cash-clearing", amount), (on, -applied), (item, applied - amount)], rate);
            _began[item] = new Carried(-amount, -Eur(amount * rate));
            if (applied > 0) Applied((item, on), applied);
        }

        public void Apply(int payment, int invoice, decimal amount)
        {
            var key = ($"unapplied-cash {payment}", $"receivable {invoice}");
            Book([(key.Item1, amount), (key.Item2, -amount)], 1m);
            Applied(key, amount);
        }

        // Whatever is open is paid, disputed ones are given up, and money that is left is paid back, each at another rate.
        public void SettleAll()
        {
            if (Held("disputed-receivable").Amount is > 0 and var disputed) Book([("bad-debt", disputed), ("disputed-receivable", -disputed)], 1m);
            foreach (var (item, carried) in Items.ToList())
            {
                if (item.StartsWith("receivable", StringComparison.Ordinal) && carried.Amount > 0)
                    Book([("cash-clearing", carried.Amount), (item, -carried.Amount)], 0.77m);
                if (item.StartsWith("unapplied", StringComparison.Ordinal) && carried.Amount < 0)
                    Book([(item, -carried.Amount), ("cash-clearing", carried.Amount)], 1.23m);
            }
        }

        // Exactly the opposite, and what rounding leaves on what is empty then.
        private void Undo()
        {
            if (_undo.Count == 0) return;
            var (entry, applied, amount) = _undo.Pop();
            var lines = _entries[entry].Select(line => (line.Item, Line: new Carried(-line.Line.Amount, -line.Line.Functional))).ToList();
            var left = FunctionalAmounts.LeftBy([.. lines.Select(line => (line.Line, Carries(line.Item) ? new CarriedItem(Held(line.Item)) : null))]);
            lines.AddRange(lines.ToList().Zip(left).Where(pair => pair.Second != 0).Select(pair => (pair.First.Item, new Carried(0m, -pair.Second))));
            if (left.Sum() != 0) lines.Add(("fx-gain-loss", new Carried(0m, left.Sum())));
            Add(lines);
            if (applied is { } key) _applied[key] -= amount;
        }

        private void Book(IEnumerable<(string Item, decimal Amount)> lines, decimal rate)
        {
            var moved = lines.Where(line => line.Amount != 0).ToList();
            var valued = FunctionalAmounts.Of(
                [.. moved.Select(line => new LineToValue(
                    line.Item.Split(' ')[0], line.Amount,
                    Carries(line.Item) ? new CarriedItem(Held(line.Item), _began.TryGetValue(line.Item, out var began) ? began : null) : null))],
                Dollar, Euro, new RateAnswer.Found(AppliedRate.Of(new ExchangeRate(Dollar, Euro, new DateOnly(2026, 11, 20), "spot", rate))))
                .ShouldBeOfType<Valuation.Valued>();
            Difference += valued.Difference;
            Add([.. moved.Zip(valued.Amounts, (line, functional) => (line.Item, new Carried(line.Amount, functional))),
                ("fx-gain-loss", new Carried(0m, valued.Difference))]);
            _undo.Push((_entries.Count - 1, null, 0m));
        }

        private void Add(IReadOnlyList<(string Item, Carried Line)> lines)
        {
            _entries.Add(lines);
            foreach (var (item, line) in lines)
                if (Carries(item)) Items[item] = Held(item) + line;
        }

        private void Applied((string Payment, string Invoice) key, decimal amount)
        {
            _applied[key] = _applied.GetValueOrDefault(key) + amount;
            var (entry, _, _) = _undo.Pop();
            _undo.Push((entry, key, amount));
        }

        private Carried Held(string item) => Items.GetValueOrDefault(item);

        private static bool Carries(string item) => item.Split(' ')[0] is "receivable" or "unapplied-cash" or "disputed-receivable";
    }
}
