using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash.Statements;
using static Tieout.Domain.Tests.Cash.Statements.CamtText;

namespace Tieout.Domain.Tests.Cash.Statements;

/// <summary>Which statements are taken in: whole, new, of an account of ours, and they add up.</summary>
public class JudgeStatementsTests
{
    [Theory]
    [InlineData("0", "10", "does-not-add-up Stmt[0].Bal")]
    [InlineData("NaN", "5", "bad-number Stmt[0].Bal.Amt")]
    [InlineData("1e1", "15", "bad-number Stmt[0].Bal.Amt")]
    [InlineData("0.001", "5.001", "bad-scale Stmt[0].Bal.Amt; bad-scale Stmt[0].Bal.Amt")]
    public void A_statement_that_is_not_proven_by_its_balances_is_refused_whole(string opening, string closing, string refusal) =>
        Refused(Document("02", Statement("S", opening, closing, Entry("5")))).ShouldBe(refusal);

    [Fact]
    public void What_is_missing_is_said_in_figures() =>
        Judge(Document("02", Statement("S", "100", "90.5", Entry("5"), Entry("-10")))).Refused[0].Problems[0].Reason.ShouldBe(
            "Opening 100.00 EUR and 2 booked entries of -5.00 EUR are not the closing 90.50 EUR; -4.50 EUR is missing.");

    [Theory]
    [InlineData("NaN", "EUR", "BOOK", "bad-number Stmt[0].Ntry[0].Amt")]
    [InlineData("Infinity", "EUR", "BOOK", "bad-number Stmt[0].Ntry[0].Amt")]
    [InlineData("5,00", "EUR", "BOOK", "bad-number Stmt[0].Ntry[0].Amt")]
    [InlineData("", "EUR", "BOOK", "bad-number Stmt[0].Ntry[0].Amt")]
    [InlineData("1234567890123456789", "EUR", "BOOK", "bad-number Stmt[0].Ntry[0].Amt")]
    [InlineData("5", "EUX", "BOOK", "unknown-currency Stmt[0].Ntry[0].Amt")]
    [InlineData("5", "USD", "BOOK", "other-currency Stmt[0].Ntry[0].Amt")]
    [InlineData("5", "EUR", "MAYBE", "unknown-status Stmt[0].Ntry[0].Sts")]
    public void An_entry_that_cannot_be_added_up_refuses_the_statement(string amount, string currency, string status, string refusal) =>
        Refused(Document("02", Statement("S", "0", "5", Entry(amount, currency: currency, status: status)))).ShouldBe(refusal);

    [Theory]
    [InlineData("5.005", "2026-11-20", "bad-scale Ntry[0].Amt")]
    [InlineData("5.00", "2026-02-30", "bad-date Ntry[0].BookgDt")]
    [InlineData("0.00", "2026-11-20", "bad-amount Ntry[0].Amt")]
    public void An_entry_that_is_wrong_in_itself_leaves_the_others(string amount, string day, string refusal)
    {
        var sum = (7m + Amounts.D(amount)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var closing = amount == "5.005" ? "12.005" : sum;
        var reading = Judge(Document("02", Statement("S", "0", closing, Entry(amount, day: day), Entry("7"))));
        if (amount == "5.005")
        {
            // The balance has no part of a cent either: nothing of the statement is taken in.
            reading.Refused[0].Problems[0].Code.ShouldBe("bad-scale");
            reading = Judge(Document("02", Statement("S", "0", "12.01", Entry(amount, day: day), Entry(amount, day: day), Entry("2"))));
        }
        var statement = reading.Statements.ShouldHaveSingleItem();
        statement.Entries.ShouldHaveSingleItem();
        $"{statement.Refused[0].Problem.Code} {statement.Refused[0].Problem.Field["Stmt[0].".Length..]}".ShouldBe(refusal);
    }

    [Fact]
    public void A_statement_is_taken_in_once()
    {
        var file = Document("02", Statement("S", "0", "5", Entry("5")));
        Refused(file, file).ShouldBe("duplicate-statement Stmt[0].Id");
        var known = Book with { Known = new HashSet<(string, string, string)> { (OurIban, "EUR", "S") } };
        JudgeStatements.Run(Read(file).Pages, known).Refused.ShouldHaveSingleItem().Problems[0].Code.ShouldBe("duplicate-statement");
    }

    [Theory]
    [InlineData("1 2 3", "")]
    [InlineData("3 1 2", "")]
    [InlineData("1 2", "pages-missing Stmt[0].StmtPgntn")]
    [InlineData("2 3", "pages-missing Stmt[0].StmtPgntn")]
    [InlineData("1 3", "pages-missing Stmt[0].StmtPgntn")]
    [InlineData("1 2 2 3", "duplicate-statement Stmt[0].Id")]
    public void All_pages_of_a_statement_are_needed_in_any_order(string pages, string refusal)
    {
        string[] balances =
        [
            Balance("OPBD", "0") + Balance("ITBD", "1"), Balance("ITBD", "1") + Balance("ITBD", "3"), Balance("ITBD", "3") + Balance("CLBD", "6"),
        ];
        var files = pages.Split(' ').Select(int.Parse).Select(no => Document("08", Statement(
            "S", balances[no - 1], [Entry($"{no}", reference: $"B{no}").Replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>", StringComparison.Ordinal)],
            $"<StmtPgntn><PgNb>{no}</PgNb><LastPgInd>{(no == 3 ? "true" : "false")}</LastPgInd></StmtPgntn>"))).ToArray();
        if (refusal.Length > 0) Refused(files).ShouldBe(refusal);
        else Good(files).Entries.Select(entry => entry.Amount.Amount).ShouldBe([1m, 2m, 3m]);
    }

    [Fact]
    public void A_message_that_goes_on_elsewhere_needs_its_other_pages()
    {
        const string first = "<MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn>";
        var open = Message("02", "", first, Statement("S", Balance("OPBD", "0"), [Entry("5")]));
        Refused(open).ShouldBe("pages-missing Stmt[0].StmtPgntn");
        var last = Message("02", "", "<MsgPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></MsgPgntn>", Statement("S", Balance("CLBD", "7"), [Entry("2")]));
        Good(open, last).Entries.Count.ShouldBe(2);
        Good(Message("02", "", first, Statement("WHOLE", "0", "5", Entry("5")))).Id.ShouldBe("WHOLE");
    }

    [Fact]
    public void Without_balances_nothing_is_proven() =>
        Refused(Document("02", Statement("S", Balance("CLBD", "5"), [Entry("5")]))).ShouldBe("balance-missing Stmt[0].Bal");

    [Fact]
    public void An_entry_has_the_same_key_in_an_intraday_file_in_the_statement_and_when_the_file_comes_again()
    {
        string[] entries = [Entry("5", Details(Transaction("5", "A")), "R1"), Entry("5", Details(Transaction("5", "A"))), Entry("5", Details(Transaction("5", "A")))];
        var day = Good(Document("02", Statement("DAY", "0", "20", [.. entries, Entry("5", Details(Transaction("5", "B")))]))).Entries;
        var noon = Good(Document("02", Statement("NOON", "0", "15", entries))).Entries;
        noon.Select(entry => entry.Key).ShouldBe(day.Take(3).Select(entry => entry.Key));
        day.Select(entry => entry.Key.Value).Distinct().Count().ShouldBe(4);
        day.Select(entry => entry.Key.FromBank).ShouldBe([true, false, false, false]);
    }

    [Fact]
    public void The_banks_reference_tells_entries_apart_only_together_with_amount_and_day()
    {
        var entries = Good(Document("02", Statement(
            "S", "0", "20", Entry("5", reference: "R1"), Entry("6", reference: "R1"), Entry("5", reference: "R1", day: "2026-11-19"), Entry("4", reference: "NONREF"))))
            .Entries;
        entries.Select(entry => entry.Key.Value).Distinct().Count().ShouldBe(4);
        entries[3].Key.FromBank.ShouldBeFalse();
    }

    [Fact]
    public void Keys_do_not_depend_on_the_order_of_entries_and_are_never_shared() =>
        Prop.ForAll(Arb.From(Gen.Choose(1, 3).NonEmptyListOf()), amounts =>
        {
            var entries = amounts.Select(amount => Entry($"{amount}", Details(Transaction($"{amount}", "same")))).ToArray();
            var closing = $"{amounts.Sum()}";
            var one = Good(Document("02", Statement("S", "0", closing, entries))).Entries.Select(entry => entry.Key.Value).ToList();
            var other = Good(Document("02", Statement("T", "0", closing, [.. entries.Reverse()]))).Entries.Select(entry => entry.Key.Value).ToList();
            one.Distinct().Count().ShouldBe(amounts.Count);
            one.Order().ShouldBe(other.Order());
        }).QuickCheckThrowOnFailure();
}
