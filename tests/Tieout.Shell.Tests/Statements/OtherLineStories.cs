using System.Text.Json;
using Tieout.Application.Journals;
using Tieout.Application.Ledger;
using Tieout.Application.Statements;
using Tieout.Domain;
using Tieout.Domain.Ledger;
using Tieout.Shell.Tests.Database;
using Tieout.Shell.Tests.Ledger;
using Tieout.Shell.Tests.Payments;

namespace Tieout.Shell.Tests.Statements;

/// <summary>Lines of a bank that are no customer's: what the bank keeps and pays, transfers between our own accounts, refunds that we paid.</summary>
public sealed class OtherLineStories(PostgresFixture postgres)
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_month_of_a_bank_account_with_fees_interest_and_rent_is_in_the_books()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", -3.50m, "Account maintenance");
        await desk.Report("b", 1.20m, "Credit interest");
        await desk.Report("c", -0.45m, "Debit interest");
        await desk.Report("d", -900m, "Office rent December");
        await desk.Report("e", 250m, "Insurance refund");
        await desk.Report("f", 0.50m, "Fee refunded");
        await desk.Match();
        foreach (var (key, account) in new[]
        {
            ("a", "bank-fees"), ("b", "interest-income"), ("c", "interest-expense"), ("d", "other-expense"), ("e", "other-income"), ("f", "bank-fees"),
        }) CashDesk.Done(await Book(desk, key, account)).Kind.ShouldBe("manual-journal", key);
        (await Trial(desk)).ShouldBe(
        [
            "1100 Cash clearing -652.25 USD", "1200 Accounts receivable 43.00 USD", "2200 Tax payable -2.92 USD", "4000 Revenue -40.08 USD",
            "4700 Interest income -1.20 USD", "4800 Other income -250.00 USD", "6100 Bank fees 3.00 USD", "6300 Interest expense 0.45 USD",
            "6800 Other expense 900.00 USD",
        ]);
        // Nothing of it keeps the month open, and each is in an entry that says which line it is.
        (await desk.Cash.Scalar<long>("select count(*) from cash.bank_line where state not in ('booked', 'declined')")).ShouldBe(0);
        (await desk.Entries()).ShouldContain("manual-journal 2026-12-20: other-expense 900, cash-clearing -900");
        var line = await desk.Line("d");
        (line.State, line.DecidedBy, line.DecidedWhy).ShouldBe(("booked", "mara", "Looked at"));
        (await desk.Cash.Scalar<string>("select string_agg(state, ' ') from posting.posting where document_kind = 'manual-journal'"))
            .ShouldBe("staged staged staged staged staged staged");
    }

    [Fact]
    public async Task Booked_once_however_often_it_is_pressed_and_taken_back_it_is_undecided()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", -3.50m, "Account maintenance");
        var first = CashDesk.Done(await Book(desk, "a", "other-expense"));
        CashDesk.Done(await Book(desk, "a", "other-expense")).Number.ShouldBe(first.Number);
        CashDesk.Why(await Book(desk, "a", "bank-fees")).ShouldBe("line-booked line");
        CashDesk.Why((await desk.Decline("a"))!).ShouldBe("already-booked line");
        CashDesk.Done(await desk.Cash.Reverse(first.Number));
        (await desk.Line("a")).State.ShouldBe("new");
        CashDesk.Done(await Book(desk, "a", "bank-fees")).Number.ShouldNotBe(first.Number);
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(-3.50m);
        (await desk.Cash.Balance("other-expense")).ShouldBe(0m);
        (await Book(desk, "nothing", "bank-fees")).ShouldBeOfType<JournalOutcome.NotFound>();
    }

    [Theory]
    [InlineData("receivable")]
    [InlineData("disputed-receivable")]
    [InlineData("deferred-revenue")]
    [InlineData("revenue")]
    [InlineData("unapplied-cash")]
    [InlineData("prepaid-credit")]
    [InlineData("cash-clearing")]
    [InlineData("cash-clearing.ops")]
    [InlineData("gateway-clearing")]
    [InlineData("rounding")]
    [InlineData("Bank-Fees")]
    [InlineData("coffee")]
    public async Task What_documents_and_payments_move_is_refused_with_the_list(string account)
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", -3.50m, "Account maintenance");
        var refused = (await Book(desk, "a", account)).ShouldBeOfType<JournalOutcome.Refused>();
        (refused.Code, refused.Field).ShouldBe(("unfit-account", "account"));
        refused.Remedy.ShouldContain("bank-fees, interest-income, interest-expense, cash-transfer, other-income, other-expense, tax");
        (await desk.Entries()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_of_the_legal_entitys_own_takes_a_line_once_it_is_in_the_chart()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", -42.50m, "Railway");
        CashDesk.Why(await Book(desk, "a", "own.travel")).ShouldBe("unknown-ledger-account account");
        (await new AddAccount(desk.Source).Run(
            new AccountRequest("US", new OwnAccountWish("travel", "6815", "Travel", AccountType.Expense, From: null), "mara", "Budget"), CancellationToken.None))
            .ShouldBeOfType<LedgerAnswer.Chart>();
        CashDesk.Done(await Book(desk, "a", "own.travel"));
        (await Trial(desk)).ShouldContain("6815 Travel 42.50 USD");
        (await desk.Line("a")).State.ShouldBe("booked");
    }

    [Theory]
    [InlineData("hold", "month-closed line")]
    [InlineData("ask-to-reopen", "reopening-asked line")]
    [InlineData("next-open-month", "")]
    public async Task A_line_of_a_closed_month_goes_by_the_policy_for_what_comes_late(string policy, string why)
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", -3.50m, "Account maintenance");
        await desk.Close("2026-12-31", policy);
        var outcome = await Book(desk, "a", "bank-fees");
        if (why.Length == 0) CashDesk.Done(outcome).Date.ShouldBe(new DateOnly(2027, 1, 1));
        else CashDesk.Why(outcome).ShouldBe(why);
        (await desk.Cash.Scalar<long>("select count(*) from ledger.month_event where event = 'reopening-asked'")).ShouldBe(policy == "ask-to-reopen" ? 1 : 0);
    }

    [Theory]
    [InlineData("PMNT/CCRD/CHRG", -3.50, "bank-fees")]
    [InlineData("ACMT/MDOP/CHRG", -3.50, "bank-fees")]
    [InlineData("ACMT/CHRG/OTHR", -3.50, "bank-fees")]
    [InlineData("PMNT/MDOP/COMM", -3.50, "bank-fees")]
    [InlineData("ACMT/MCOP/INTR", 1.20, "interest-income")]
    [InlineData("ACMT/MDOP/INTR", -1.20, "interest-expense")]
    [InlineData("PMNT/ICDT/ESCT", -3.50, "")]
    [InlineData("SECU/MDOP/CHRG", -3.50, "")]
    [InlineData("CHRG", -3.50, "")]
    public async Task What_the_statement_itself_marks_is_proposed_and_taken_by_a_person(string code, double amount, string account)
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", (decimal)amount, "See our terms", code: code);
        var counts = await desk.Match();
        if (account.Length == 0)
        {
            counts.Unknown.ShouldBe(1);
            return;
        }
        counts.Proposed.ShouldBe(1);
        var proposal = (await desk.Line("a")).Proposals.ShouldHaveSingleItem();
        (proposal.LedgerAccount, proposal.BillingAccount).ShouldBe((account, ""));
        proposal.Reasons.ShouldHaveSingleItem().ShouldEndWith($"({code}).");
        CashDesk.Done(await desk.Take("a"));
        (await desk.Cash.Balance(account)).ShouldBe(-(decimal)amount);
    }

    [Fact]
    public async Task A_refund_that_was_paid_by_transfer_is_confirmed_by_its_line_and_booked_once()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Know("C-1");
        var payment = CashDesk.Done(await desk.Cash.Pay("30.00"));
        var refund = CashDesk.Done(await desk.Cash.Refund($"\"payment\":\"{payment.Number}\"", "7.25"));
        await desk.Report("a", -7.25m, $"Refund {refund.Number}");
        (await desk.Match()).ShouldBe(new MatchCounts(1, 0, 0, 0, 0));
        var line = await desk.Line("a");
        (line.State, line.Entry, line.DecidedBy).ShouldBe(("booked", refund.Number, "matching"));
        line.Reasons[0].ShouldBe($"It names the refund {refund.Number}, or what that is about.");
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(22.75m);
        // Told by a second line it is nobody's.
        await desk.Report("b", -7.25m, $"Refund {refund.Number}");
        (await desk.Match()).Unknown.ShouldBe(1);
        // Taken back by hand, its line is undecided again.
        CashDesk.Done(await desk.Cash.Reverse(refund.Number));
        (await desk.Line("a")).State.ShouldBe("new");
    }

    [Theory]
    [InlineData("thanks", LineDesk.Payer, "2026-12-20", "It went to an account this customer is known to pay from.")] // not named
    [InlineData("{0}", "", "2026-12-20", "It names the refund")] // nobody knows the account
    [InlineData("{1}", "", "2026-12-20", "It names the refund")] // names the payment
    public async Task Less_than_number_account_and_amount_is_only_proposed(string words, string to, string on, string reason)
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Know("C-1");
        var payment = CashDesk.Done(await desk.Cash.Pay("30.00"));
        var refund = CashDesk.Done(await desk.Cash.Refund($"\"payment\":\"{payment.Number}\"", "7.25"));
        await desk.Report("a", -7.25m, string.Format(System.Globalization.CultureInfo.InvariantCulture, words, refund.Number, payment.Number), on, from: to);
        await desk.Report("b", -7.26m, refund.Number, on);
        (await desk.Match()).ShouldBe(new MatchCounts(0, 0, 1, 0, 1));
        var proposal = (await desk.Line("a")).Proposals.ShouldHaveSingleItem();
        (proposal.Refund, proposal.BillingAccount).ShouldBe((refund.Number, "C-1"));
        proposal.Reasons[0].ShouldStartWith(reason);
        CashDesk.Done(await desk.Take("a")).Number.ShouldBe(refund.Number);
        (await desk.Cash.Balance("cash-clearing")).ShouldBe(22.75m);
    }

    [Fact]
    public async Task Of_two_lines_for_one_refund_a_person_says_which_and_one_that_is_taken_back_is_confirmed_by_none()
    {
        await using var desk = await LineDesk.Open(postgres);
        var payment = CashDesk.Done(await desk.Cash.Pay("30.00"));
        var refund = CashDesk.Done(await desk.Cash.Refund($"\"payment\":\"{payment.Number}\"", "7.25"));
        await desk.Report("a", -7.25m, refund.Number);
        await desk.Report("b", -7.25m, refund.Number);
        await desk.Match();
        CashDesk.Done(await desk.Take("a"));
        CashDesk.Why(await desk.Take("b")).ShouldBe("refund-confirmed proposal");
        CashDesk.Done(await desk.Cash.Reverse(refund.Number));
        CashDesk.Why(await desk.Take("b")).ShouldBe("refund-taken-back proposal");
    }

    [Fact]
    public async Task The_two_lines_of_a_transfer_leave_nothing_between_also_in_a_foreign_currency()
    {
        await using var desk = await LineDesk.Open(postgres);
        await desk.Report("a", -100m, "To our other account");
        await desk.Report("b", 100m, "From our other account", on: "2026-12-22");
        CashDesk.Done(await Book(desk, "a", "cash-transfer"));
        (await desk.Cash.Balance("cash-transfer")).ShouldBe(100m);
        CashDesk.Done(await Book(desk, "b", "cash-transfer"));
        (await desk.Cash.Balance("cash-transfer")).ShouldBe(0m);

        // The books of the company are in euros: what the rate did on the way is won or lost, and nothing is left in them either.
        var books = await postgres.CreateDatabase();
        await SampleData.Subscriptions(books.Source, 1);
        await books.Execute("update customers.legal_entity set currency = 'EUR'");
        await using var foreign = await LineDesk.Over(books);
        await foreign.Execute("update cash.statement set currency = 'USD' where number = 'OURS-US'");
        await new FxDesk(books.Source).Quote("2026-12-20 0.90", "2026-12-22 0.95");
        await foreign.Report("a", -100m, "To our other account");
        await foreign.Report("b", 100m, "From our other account", on: "2026-12-22");
        CashDesk.Done(await Book(foreign, "a", "cash-transfer"));
        CashDesk.Done(await Book(foreign, "b", "cash-transfer"));
        (await foreign.Cash.Scalar<string>(
            "select string_agg(account || ' ' || trim_scale(sum) || ' ' || trim_scale(books), ', ' order by account) from (select account, sum(amount), sum(functional) as books from ledger.journal_line group by account) l"))
            .ShouldBe("cash-clearing 0 5, cash-transfer 0 0, fx-gain-loss 0 -5");
    }

    private static Task<JournalOutcome> Book(LineDesk desk, string key, string account) => new DecideLine(desk.Source, TimeProvider.System).Book(
        key, JsonDocument.Parse($$"""{"account":"{{account}}","reason":"Looked at","actor":"mara"}""").RootElement, actor: null, None);

    private static async Task<IReadOnlyList<string>> Trial(LineDesk desk)
    {
        var sheet = (await new ReadTrialBalance(desk.Source, TimeProvider.System).Run("US", new AccountingMonth(2026, 12), null, None))
            .ShouldBeOfType<LedgerAnswer.Balance>().Sheet;
        sheet.Balanced.ShouldBeTrue();
        return [.. sheet.Lines.Where(line => !line.Closing.IsZero).Select(line => $"{line.Number} {line.Name} {line.Closing}")];
    }
}
