using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash.Matching;
using static Tieout.Domain.Tests.Cash.Matching.MatchBooks;

namespace Tieout.Domain.Tests.Cash.Matching;

/// <summary>What holds of any payments and any invoices: few small amounts, so that sums meet by chance all the time.</summary>
public class MatchProperties
{
    private static Gen<OpenItem[]> Items => Gen.Zip(Gen.Choose(1, 6), Gen.Choose(0, 3)).ArrayOf().Select(all => all.Take(7).Select((one, index) =>
        Item(FormattableString.Invariant($"US-2026-{index + 1:0000000}"), FormattableString.Invariant($"{one.Item1}"), one.Item2 == 0 ? Quay : Harbour)).ToArray());

    private static Gen<BankLine> Payment =>
        from amount in Gen.Choose(1, 14)
        from charges in Gen.Elements(0, 0, 0, 1, 2)
        from named in Gen.Choose(1, 7).ListOf()
        from payer in Gen.Elements(HarbourIban, HarbourIban, QuayIban, "")
        from key in Gen.Choose(1, 6)
        select Line(
            FormattableString.Invariant($"{amount}"), string.Join(", ", named.Take(3).Select(no => FormattableString.Invariant($"US-2026-{no:0000000}"))), payer,
            charges: FormattableString.Invariant($"{charges}"), key: FormattableString.Invariant($"{key}"));

    [Fact]
    public void What_is_certain_is_the_only_answer() =>
        Prop.ForAll(Arb.From(Gen.Zip(Items, Payment)), pair =>
        {
            var (items, line) = pair;
            if (Decide(line, items) is not MatchDecision.Certain(var match)) return;
            var named = items.Where(item => line.Text.Contains(item.Number, StringComparison.Ordinal)).ToList();
            var answers = Enumerable.Range(1, (1 << named.Count) - 1).Count(set =>
            {
                var sum = named.Where((_, index) => (set >> index & 1) == 1).Sum(item => item.Open);
                return sum == line.Amount.Amount || (line.Charges > 0 && sum == line.Amount.Amount + line.Charges);
            });
            answers.ShouldBe(1);
            named.ShouldAllBe(item => item.Account == match.Account);
            line.Payer.Account.ShouldBe(match.Account == Harbour ? HarbourIban : QuayIban);
            match.Settles.Select(part => part.Number).Order().ShouldBe(named.Select(item => item.Number).Order());
            (match.Applied, match.Unapplied).ShouldBe((line.Amount.Amount + match.Fee, 0m));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_is_applied_that_did_not_come_and_no_invoice_gets_more_than_it_asks_for() =>
        Prop.ForAll(Arb.From(Gen.Zip(Items, Payment)), pair =>
        {
            var (items, line) = pair;
            foreach (var match in Proposals(Decide(line, items)))
            {
                (match.Applied + match.Unapplied).ShouldBe(line.Amount.Amount + match.Fee);
                match.Unapplied.ShouldBeGreaterThanOrEqualTo(0);
                match.Fee.ShouldBeInRange(0, line.Charges > 0 ? MatchPolicy.Default.ChargesMost : 0);
                match.Settles.Select(part => part.Invoice).Distinct().Count().ShouldBe(match.Settles.Count);
                foreach (var part in match.Settles) part.Amount.ShouldBeInRange(0.01m, items.Single(item => item.Invoice == part.Invoice).Open);
                match.Settles.ShouldAllBe(part => items.Single(item => item.Invoice == part.Invoice).Account == match.Account);
                match.Reasons.ShouldNotBeEmpty();
                match.Score.ShouldBeInRange(1, 100);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_payments_and_invoices_does_not_matter_and_the_same_payment_twice_changes_nothing() =>
        Prop.ForAll(Arb.From(Gen.Zip(Items, Payment.ArrayOf())), pair =>
        {
            var (items, all) = pair;
            // One key is one payment.
            var lines = all.DistinctBy(line => line.Key).ToArray();
            var told = Run(lines, items);
            Run([.. lines.Reverse()], [.. items.Reverse()]).ShouldBe(told);
            Run([.. lines, .. lines.Reverse()], items).ShouldBe(told);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void All_certain_matches_together_settle_no_invoice_twice() =>
        Prop.ForAll(Arb.From(Gen.Zip(Items, Payment.ArrayOf())), pair =>
        {
            var (items, lines) = pair;
            var settled = MatchCash.Run(lines, new MatchBook(items, Payers), MatchPolicy.Default).Select(one => one.Decision).OfType<MatchDecision.Certain>()
                .SelectMany(one => one.Match.Settles).ToList();
            settled.Select(part => part.Invoice).Distinct().Count().ShouldBe(settled.Count);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_only_set_is_found_when_there_is_one_and_never_when_there_are_two() =>
        Prop.ForAll(Arb.From(Gen.Zip(Items, Gen.Choose(1, 20))), pair =>
        {
            var (items, sum) = pair;
            var sets = Enumerable.Range(1, (1 << items.Length) - 1)
                .Where(set => items.Where((_, index) => (set >> index & 1) == 1).Sum(item => item.Open) == sum).ToList();
            var answer = SubsetSum.Find(items, sum);
            (answer.Only is not null, answer.Several).ShouldBe((sets.Count == 1, sets.Count > 1));
            answer.Only?.Sum(item => item.Open).ShouldBe(sum);
        }).QuickCheckThrowOnFailure();

    private static string[] Run(BankLine[] lines, OpenItem[] items) =>
        [.. MatchCash.Run(lines, new MatchBook(items, Payers), MatchPolicy.Default).Select(one =>
            $"{one.Line.Key} {Told(one.Decision)} {string.Join(';', Proposals(one.Decision).Select(match => $"{match.Score} {string.Join(' ', match.Reasons)}"))}")];

    private static IReadOnlyList<Proposal> Proposals(MatchDecision decision) => decision switch
    {
        MatchDecision.Certain(var match) => [match],
        MatchDecision.Proposed(var proposals) => proposals,
        _ => [],
    };
}
