using Tieout.Domain.Cash.Statements;
using Tieout.Domain.Intake;
using static Tieout.Domain.Tests.Cash.Statements.CamtText;

namespace Tieout.Domain.Tests.Cash.Statements;

/// <summary>Bank statements as CSV, by a small mapping.</summary>
public class CsvStatementTests
{
    private static readonly CsvStatementMapping German = new(new FileFormat(';', "utf-8", ',', "dd.MM.yyyy"), "Buchung")
    {
        Amount = "Betrag",
        Grouping = '.',
        Balance = "Saldo",
        Payer = "Name",
        PayerAccount = "IBAN",
        Text = ["Zweck"],
        ValueOn = "Wert",
    };

    private static readonly CsvStatementMapping Columns = new(new FileFormat(',', "utf-8", '.', "yyyy-MM-dd"), "Date")
    {
        Debit = "Out",
        Credit = "In",
        Currency = "Ccy",
    };

    private static readonly CsvStatementMapping Worded = new(new FileFormat(',', "utf-8", '.', "yyyy-MM-dd"), "Date")
    {
        Amount = "Amount",
        Direction = "D/C",
        DebitWords = ["D"],
        CreditWords = ["C"],
    };

    [Fact]
    public void Reads_decimal_commas_grouping_days_and_texts()
    {
        var statement = Take(German, "Buchung;Wert;Betrag;Saldo;Name;IBAN;Zweck",
            $"20.11.2026;21.11.2026;1.234,50;2.234,50;Harbour Mills Ltd;{PayerIban};US-2026-0000042",
            "20.11.2026;;-0,50;2.234,00;Bank;;Gebühr");
        (statement.Opening!.Amount.Amount, statement.Closing!.Amount.Amount).ShouldBe((1000m, 2234m));
        statement.Entries.Select(entry => $"{entry.Amount} {entry.ValueOn:yyyy-MM-dd} {entry.Transactions[0].Text}")
            .ShouldBe(["1234.50 EUR 2026-11-21 US-2026-0000042", "-0.50 EUR 2026-11-20 Gebühr"]);
        statement.Entries[0].Transactions[0].Other.ShouldBe(new StatementParty("Harbour Mills Ltd", PayerIban));
        statement.Id.ShouldStartWith("CSV-");
    }

    [Fact]
    public void The_newest_line_may_come_first_and_the_file_again_is_the_same_statement()
    {
        const string header = "Buchung;Wert;Betrag;Saldo;Name;IBAN;Zweck";
        string[] rows = ["20.11.2026;;5,00;5,00;A;;x", "21.11.2026;;-2,00;3,00;B;;y", "21.11.2026;;4,00;7,00;C;;z"];
        var rising = Take(German, header, rows);
        var falling = Take(German, header, [.. rows.Reverse()]);
        falling.Entries.Select(entry => (entry.Key, entry.No)).ShouldBe(rising.Entries.Select(entry => (entry.Key, entry.No)));
        (falling.Opening!.Amount.Amount, falling.Closing!.Amount.Amount, falling.Id).ShouldBe((0m, 7m, rising.Id));
    }

    [Theory]
    [InlineData("20.11.2026;;5,00;5,00;A;;x|21.11.2026;;-2,00;4,00;B;;y", "does-not-add-up Saldo")]
    [InlineData("20.11.2026;;NaN;5,00;A;;x", "bad-number line 2.Betrag")]
    [InlineData("20.11.2026;;5.0;5,00;A;;x", "bad-number line 2.Betrag")]
    public void Balances_that_do_not_follow_refuse_the_file(string rows, string refusal) =>
        Told(German, "Buchung;Wert;Betrag;Saldo;Name;IBAN;Zweck", rows.Split('|')).ShouldBe(refusal);

    [Theory]
    [InlineData("2026-11-20,5.00,,EUR", "-5.00")]
    [InlineData("2026-11-20,-5.00,,EUR", "-5.00")]
    [InlineData("2026-11-20,0.00,5.00,EUR", "5.00")]
    [InlineData("2026-11-20,5.00,4.00,EUR", "bad-number line 2.Out")]
    [InlineData("2026-11-20,,,EUR", "bad-number line 2.In")]
    [InlineData("2026-11-20,,5.00,USD", "other-currency line 2.Ccy")]
    [InlineData("2026-11-20,,5.00,Euro", "unknown-currency line 2.Ccy")]
    [InlineData("2026-11-20,,5.00", "malformed line 2")]
    [InlineData("2026-11-31,,5.00,EUR", "bad-date line 2.Date")]
    [InlineData("2026-11-20,,5.001,EUR", "bad-scale line 2.In")]
    [InlineData("2026-11-20,,0.00,EUR", "bad-number line 2.In")]
    public void Debits_and_credits_may_have_columns_of_their_own(string row, string told) => Told(Columns, "Date,Out,In,Ccy", row).ShouldBe(told);

    [Theory]
    [InlineData("2026-11-20,5.00,D", "-5.00")]
    [InlineData("2026-11-20,5.00,c", "5.00")]
    [InlineData("2026-11-20,-5.00,D", "bad-direction line 2.D/C")]
    [InlineData("2026-11-20,5.00,X", "bad-direction line 2.D/C")]
    public void A_word_may_say_which_way(string row, string told) => Told(Worded, "Date,Amount,D/C", row).ShouldBe(told);

    [Fact]
    public void A_mapping_that_does_not_hold_or_does_not_fit_is_told_by_column()
    {
        Told(Columns with { Amount = "Amount" }, "Date,Out,In,Ccy,Amount").ShouldBe("one-of amount");
        Told(Worded with { CreditWords = ["D"] }, "Date,Amount,D/C").ShouldBe("bad-words direction");
        Told(Columns, "Date,Out,Ccy").ShouldBe("missing In");
        Told(Columns, "Date,Out,In,In,Ccy").ShouldBe("missing In");
    }

    private static BankStatement Take(CsvStatementMapping mapping, string header, params string[] rows)
    {
        var reading = JudgeStatements.Run([Page(mapping, header, rows)], Book);
        reading.Refused.SelectMany(refused => refused.Problems).ShouldBeEmpty();
        return reading.Statements.ShouldHaveSingleItem();
    }

    private static string Told(CsvStatementMapping mapping, string header, params string[] rows)
    {
        var reading = JudgeStatements.Run([Page(mapping, header, rows)], Book);
        var problem = reading.Refused.Count > 0 ? reading.Refused[0].Problems[0] : reading.Statements[0].Refused is [var first, ..] ? first.Problem : null;
        return problem is null ? reading.Statements[0].Entries[0].Amount.ToPlain() : $"{problem.Code} {problem.Field}";
    }

    private static StatementPage Page(CsvStatementMapping mapping, string header, string[] rows) => CsvStatement.Read(
        mapping, Ours, header.Split(mapping.Format.Delimiter),
        rows.Select((row, index) => new CsvStatementRow(index + 2, row.Split(mapping.Format.Delimiter))));
}
