using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Ledger;
using static Tieout.Domain.Tests.Cash.Matching.MatchBooks;

namespace Tieout.Domain.Tests.Cash.Matching;

/// <summary>Lines that are no customer's payment: refunds of ours, what banks mark as theirs, and what was booked once before.</summary>
public class OwnLineTests
{
    private static readonly OpenItem Owed = Item("US-2026-0000042", "100");

    [Theory]
    [InlineData("-30", "Refund USJ-2026-0000007", HarbourIban, "certain 7")]
    [InlineData("-30", "usj 2026 0000007", HarbourIban, "certain 7")]
    [InlineData("-30", "credit for US-2026-0000042", HarbourIban, "certain 7")] // what it is about
    [InlineData("-30", "Refund USJ-2026-0000007", "", "proposed 7:91")]
    [InlineData("-30", "Refund USJ-2026-0000007", QuayIban, "proposed 7:91")] // another one's account
    [InlineData("-30", "thanks", HarbourIban, "proposed 7:41")]
    [InlineData("-30", "thanks", "", "went-out")]
    [InlineData("-30", "USJ-2026-00000071", "", "went-out")] // another number
    [InlineData("-31", "Refund USJ-2026-0000007", HarbourIban, "went-out")] // another amount
    [InlineData("30", "Refund USJ-2026-0000007", HarbourIban, "unapplied")] // money that came is no refund of ours
    public void A_refund_is_certain_by_number_account_and_amount(string amount, string text, string to, string told)
    {
        var refund = new ExpectedRefund(IdOf("7"), "USJ-2026-0000007", ["US-2026-0000042"], Harbour, new Money(30m, Amounts.Eur), Today.AddDays(-2));
        var decision = MatchCash.Decide(Line(amount, text, payer: to, name: ""), new MatchBook([Owed], Payers).With([refund]), MatchPolicy.Default);
        var said = decision switch
        {
            MatchDecision.Certain({ Refund: { } entry } match) => $"certain {(entry == IdOf("7") && match.Score == 100 ? "7" : "?")}",
            MatchDecision.Proposed([{ Refund: not null } first]) => $"proposed 7:{first.Score}",
            MatchDecision.Unapplied => "unapplied",
            MatchDecision.Unknown(var code, _) => code,
            _ => decision.ToString(),
        };
        said.ShouldBe(told);
    }

    [Fact]
    public void Of_two_refunds_that_fit_none_is_certain_and_the_one_that_is_named_is()
    {
        ExpectedRefund[] refunds =
        [
            .. new[] { 7, 8 }.Select(no => new ExpectedRefund(
                IdOf($"{no}"), $"USJ-2026-000000{no}", ["US-2026-0000042"], Harbour, new Money(30m, Amounts.Eur), Today)),
        ];
        var book = new MatchBook([Owed], Payers).With(refunds);
        MatchCash.Decide(Line("-30", "US-2026-0000042"), book, MatchPolicy.Default).ShouldBeOfType<MatchDecision.Proposed>().Proposals.Count.ShouldBe(2);
        MatchCash.Decide(Line("-30", "USJ-2026-0000008"), book, MatchPolicy.Default).ShouldBeOfType<MatchDecision.Certain>().Match.Refund.ShouldBe(IdOf("8"));
        // Long before it was paid nobody confirms it.
        MatchCash.Decide(Line("-30", "USJ-2026-0000008") with { On = Today.AddDays(-11) }, book, MatchPolicy.Default)
            .ShouldBeOfType<MatchDecision.Unknown>().Code.ShouldBe("went-out");
    }

    [Theory]
    [InlineData("PMNT/MDOP/CHRG", "-3", "bank-fees")]
    [InlineData("ACMT/CHRG/OTHR", "-3", "bank-fees")]
    [InlineData("PMNT/MCOP/FEES", "3", "bank-fees")]
    [InlineData("ACMT/MCOP/INTR", "3", "interest-income")]
    [InlineData("ACMT/MDOP/INTR", "-3", "interest-expense")]
    [InlineData("PMNT/RCDT/ESCT", "-3", "")]
    [InlineData("LDAS/MDOP/INTR", "-3", "")]
    [InlineData("CHRG", "-3", "")]
    [InlineData("", "-3", "")]
    public void What_the_bank_marks_is_proposed(string code, string amount, string account)
    {
        var decision = MatchCash.Decide(Line(amount, payer: "", name: "") with { Code = code }, new MatchBook([], Payers), MatchPolicy.Default);
        if (account.Length == 0) decision.ShouldBeOfType<MatchDecision.Unknown>();
        else decision.ShouldBeOfType<MatchDecision.Proposed>().Proposals.ShouldHaveSingleItem().Ledger.ShouldBe(account);
    }

    [Fact]
    public void What_was_booked_once_and_taken_back_is_only_proposed()
    {
        var line = Line("100", "US-2026-0000042");
        var book = new MatchBook([Owed], Payers);
        MatchCash.Certain(line, book, MatchPolicy.Default).ShouldNotBeNull();
        MatchCash.Certain(line with { Attempt = 2 }, book, MatchPolicy.Default).ShouldBeNull();
        var proposal = MatchCash.Decide(line with { Attempt = 2 }, book, MatchPolicy.Default).ShouldBeOfType<MatchDecision.Proposed>().Proposals.ShouldHaveSingleItem();
        (proposal.Score, proposal.Reasons[^1]).ShouldBe((90, "What booked it before was taken back."));
        proposal.Id.ShouldBe(((MatchDecision.Certain)MatchCash.Decide(line, book, MatchPolicy.Default)).Match.Id);
    }

    [Fact]
    public void The_entry_of_such_a_line_balances_and_moves_the_bank_by_what_the_line_says() => Prop.ForAll(
        Arb.From(Gen.Zip(Gen.Choose(-100_000, 100_000).Where(cents => cents != 0), Gen.Elements(BankLineAccounts.All.ToArray()))), pair =>
        {
            var (amount, account) = (pair.Item1 / 100m, pair.Item2);
            var lines = BankLineAccounts.Entry("cash-clearing.ops", account, amount);
            lines.Sum(line => line.Amount).ShouldBe(0m);
            lines.Single(line => line.Account == "cash-clearing.ops").Amount.ShouldBe(amount);
            (lines.Count, lines[0].Amount > 0, lines[1].Account == account || lines[0].Account == account).ShouldBe((2, true, true));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_what_no_document_moves_may_be_taken()
    {
        BankLineAccounts.All.ShouldAllBe(account => LedgerAccount.IsKnown(account));
        foreach (var account in new[] { "receivable", "revenue", "deferred-revenue", "unapplied-cash", "cash-clearing" })
            Should.Throw<ArgumentException>(() => BankLineAccounts.Entry("cash-clearing", account, 1m));
        Should.Throw<ArgumentException>(() => BankLineAccounts.Entry("cash-clearing", "bank-fees", 0m));
    }
}
