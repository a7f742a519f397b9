using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Ledger;
using Tieout.Domain.Revenue;
using static Tieout.Domain.Tests.Amounts;

namespace Tieout.Domain.Tests.Revenue;

/// <summary>What is moved between deferred revenue and what is earned and not invoiced.</summary>
public class UnbilledPlanTests
{
    private static readonly Guid A = Guid.Parse("00000000-0000-7000-8000-00000000000a");
    private static readonly Guid B = Guid.Parse("00000000-0000-7000-8000-00000000000b");

    [Fact]
    public void A_move_turns_itself_round_when_the_invoice_comes()
    {
        var moves = UnbilledPlan.Of([Of("2026-01", A, 100m), Of("2026-02", A, 130m)], [], Month("2026-01"), Month("2026-04"));
        moves.Select(Told).ShouldBe([
            "2026-01: contract-asset 100, deferred-revenue -100", "2026-02: contract-asset 30, deferred-revenue -30",
            "2026-03: contract-asset -130, deferred-revenue 130"]);
    }

    [Fact]
    public void In_a_foreign_currency_what_comes_goes_by_the_day_and_what_leaves_leaves_nothing_behind()
    {
        var euro = Currency.Of("EUR");
        var (stands, told) = (default(Carried), new List<string>());
        foreach (var (move, rate) in UnbilledPlan.Of(
            [Of("2026-01", A, 100m), Of("2026-02", A, 130.01m), Of("2026-03", A, 40m)], [], Month("2026-01"), Month("2026-04")).Zip([0.9m, 0.8123m, 7m, 7m]))
        {
            var lines = move.InBooks(_ => stands, () => rate, euro);
            lines.Sum(line => line.Functional!.Value.Amount).ShouldBe(0m);
            stands += new Carried(lines[0].Amount.Amount, lines[0].Functional!.Value.Amount);
            told.Add(FormattableString.Invariant($"{lines[0].Account} {lines[0].Functional!.Value.Amount:0.00}"));
        }
        told.ShouldBe(["contract-asset 90.00", "contract-asset 24.38", "contract-asset -79.19", "contract-asset -35.19"]);
        stands.ShouldBe(default);
    }

    [Fact]
    public void What_stands_is_not_moved_again_and_an_earlier_change_is_made_good_later()
    {
        UnbilledPlan.Of([Of("2026-01", A, 100m), Of("2026-02", A, 100m)], [Of("2026-01", A, 100m), Of("2026-02", A, 100m)], Month("2026-01"), Month("2026-02")).ShouldBeEmpty();
        // January turns out to be 40; February was and is 100.
        UnbilledPlan.Of([Of("2026-01", A, 40m), Of("2026-02", A, 100m)], [Of("2026-01", A, 100m), Of("2026-02", A, 100m)], Month("2026-01"), Month("2026-02"))
            .Select(Told).ShouldBe(["2026-01: contract-asset -60, deferred-revenue 60", "2026-02: contract-asset 60, deferred-revenue -60"]);
    }

    [Fact]
    public void What_one_contract_gains_and_another_loses_is_kept_and_moves_no_account()
    {
        var move = UnbilledPlan.Of([Of("2026-02", B, 10m)], [Of("2026-02", A, 10m)], Month("2026-02"), Month("2026-02")).ShouldHaveSingleItem();
        (move.Lines.Count, move.EntryLines.Count, move.ContractAsset.IsZero).ShouldBe((2, 0, true));
    }

    [Fact]
    public void Contracts_and_all_else_go_to_their_own_accounts_and_currencies_stay_apart()
    {
        var moves = UnbilledPlan.Of(
            [
                Of("2026-01", A, 10m), new(Month("2026-01"), B, LedgerAccount.UnbilledReceivable, new Money(4m, Usd)),
                new(Month("2026-01"), null, LedgerAccount.UnbilledReceivable, new Money(1m, Usd)), new(Month("2026-01"), null, LedgerAccount.UnbilledReceivable, new Money(2m, Eur)),
            ], [], Month("2026-01"), Month("2026-01"));
        moves.Select(Told).ShouldBe([
            "2026-01: unbilled-receivable 2, deferred-revenue -2", "2026-01: contract-asset 10, unbilled-receivable 5, deferred-revenue -15"]);
        moves[1].Lines.Count.ShouldBe(3);
    }

    [Fact]
    public void At_the_end_of_each_month_exactly_what_should_stand_does_and_the_same_again_moves_nothing() => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var (first, last) = (random.Next(1, 6), random.Next(6, 12));
        var (wanted, booked) = (Some(random), Some(random));
        var moves = UnbilledPlan.Of(wanted, booked, new AccountingMonth(2026, first), new AccountingMonth(2026, last));
        List<UnbilledAmount> after = [.. booked];
        for (var month = first; month <= last; month++)
        {
            var end = new AccountingMonth(2026, month);
            after.AddRange(moves.SelectMany(move => move.Lines).Where(line => line.Month <= end).Select(line => line with { Month = end }));
            if (wanted.Where(one => one.Month == end).Concat(after.Where(one => one.Month == end).Select(one => one with { Amount = -one.Amount }))
                .GroupBy(one => (one.Contract, one.Account, one.Amount.Currency.Code)).Any(group => group.Sum(one => one.Amount.Amount) != 0m)) return false;
        }
        return UnbilledPlan.Of(wanted, after, new AccountingMonth(2026, first), new AccountingMonth(2026, last)).Count == 0
            && moves.All(move => move.EntryLines.Sum(line => line.Amount.Amount) == 0m && move.Lines.Count > 0 && move.Lines.All(line => !line.Amount.IsZero));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));

    private static List<UnbilledAmount> Some(Random random) =>
    [
        .. Enumerable.Range(1, 12).SelectMany(month => new Guid?[] { A, B, null }.Where(_ => random.Next(2) == 0).Select(contract => new UnbilledAmount(
            new AccountingMonth(2026, month), contract, contract == A ? LedgerAccount.ContractAsset : LedgerAccount.UnbilledReceivable,
            new Money(random.Next(0, 900) / 100m, random.Next(3) == 0 ? Eur : Usd)))),
    ];

    private static string Told(UnbilledMove move) =>
        FormattableString.Invariant($"{move.Month}: ") + string.Join(", ", move.EntryLines.Select(line => FormattableString.Invariant($"{line.Account} {line.Amount.Amount:0.##}")));

    private static UnbilledAmount Of(string month, Guid contract, decimal amount) => new(Month(month), contract, LedgerAccount.ContractAsset, new Money(amount, Usd));
}
