using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash.Statements;
using static Tieout.Domain.Tests.Cash.Statements.CamtText;

namespace Tieout.Domain.Tests.Cash.Statements;

/// <summary>What is read of an ISO 20022 statement.</summary>
public class ReadCamtTests
{
    [Theory]
    [InlineData("")]
    [InlineData("ns2")]
    public void Version_2_is_read_whatever_prefix_its_names_have(string prefix)
    {
        var statement = Good(Message("02", prefix, "", Statement("S-1", "100.00", "150.5", Entry("50.50", Details(Transaction("50.50", "Invoice US-2026-0000042", "E2E-1")), "BANK-1"))));
        statement.Account.ShouldBe(Ours);
        (statement.Id, statement.Sequence).ShouldBe(("S-1", 7));
        (statement.Opening!.Amount.ToString(), statement.Closing!.Amount.ToString()).ShouldBe(("100.00 EUR", "150.50 EUR"));
        var entry = statement.Entries.ShouldHaveSingleItem();
        (entry.Amount.ToString(), entry.BookedOn, entry.ValueOn).ShouldBe(("50.50 EUR", new DateOnly(2026, 11, 20), new DateOnly(2026, 11, 21)));
        (entry.BankReference, entry.TransactionCode, entry.Key.FromBank).ShouldBe(("BANK-1", "PMNT/RCDT/ESCT", true));
        var part = entry.Transactions.ShouldHaveSingleItem();
        part.Other.ShouldBe(new StatementParty("Harbour Mills Ltd", PayerIban));
        (part.EndToEndId, part.Text, part.Charges, part.Count).ShouldBe(("E2E-1", "Invoice US-2026-0000042", 0m, 1));
    }

    [Fact]
    public void Version_8_has_status_amounts_names_and_charges_in_other_places()
    {
        const string entry =
            """
            <Ntry><Amt Ccy="EUR">99.70</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-11-20T09:30:00+01:00</DtTm></BookgDt>
            <BkTxCd><Prtry><Cd>NTRF+166</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E-9</EndToEndId><UETR>8a562c67-ca16-48ba-b074-65581be6f001</UETR></Refs>
            <Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
            <AmtDtls><InstdAmt><Amt Ccy="USD">108.00</Amt><CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>EUR</TrgtCcy><UnitCcy>EUR</UnitCcy><XchgRate>1.08</XchgRate></CcyXchg></InstdAmt></AmtDtls>
            <Chrgs><Rcrd><Amt Ccy="EUR">0.30</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>
            <RltdPties><Dbtr><Pty><Nm>Quay Ltd</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>GB29 NWBK 6016 1331 9268 19</IBAN></Id></DbtrAcct></RltdPties>
            <RmtInf><Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>US-2026-0000007</Nb></RfrdDocInf><RfrdDocAmt><RmtdAmt Ccy="EUR">100.00</RmtdAmt></RfrdDocAmt>
            <CdtrRefInf><Ref>RF18 5390 0754 7034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
            """;
        var part = Good(Document("08", Statement("S-1", "0", "99.70", entry))).Entries[0].Transactions.ShouldHaveSingleItem();
        (part.Amount.ToString(), part.Charges).ShouldBe(("99.70 EUR", 0.30m));
        part.Other.ShouldBe(new StatementParty("Quay Ltd", PayerIban));
        part.References.ShouldBe(["RF18 5390 0754 7034"]);
        part.Documents.ShouldBe([new AdvisedDocument("CINV", "US-2026-0000007", 100m)]);
        part.Exchange.ShouldBe(new StatedExchange(new Money(108m, Currency.Of("USD")), 1.08m, "EUR"));
        part.Ids.ShouldContain("8a562c67-ca16-48ba-b074-65581be6f001");
    }

    [Fact]
    public void Several_statements_of_several_accounts_are_judged_each_by_itself()
    {
        var reading = Judge(Document(
            "02", Statement("S-1", "0", "5", Entry("5")), Statement("S-2", "5", "9", Entry("5")),
            Statement("S-1", Balance("OPBD", "0") + Balance("CLBD", "5"), [Entry("5")], iban: "FR1420041010050500013M02606")));
        reading.Statements.ShouldHaveSingleItem().Id.ShouldBe("S-1");
        reading.Refused.Select(refused => $"{refused.Id} {refused.Problems[0].Code}").ShouldBe(["S-2 does-not-add-up", "S-1 unknown-account"]);
    }

    [Fact]
    public void Only_what_is_booked_counts()
    {
        var statement = Good(Document("02", Statement("S", "0", "5", Entry("5"), Entry("7", status: "PDNG"), Entry("9", status: "INFO"))));
        statement.Entries.ShouldHaveSingleItem().Amount.Amount.ShouldBe(5m);
    }

    [Theory]
    [InlineData("PRCD", "CLBD")]
    [InlineData("OPBD", "ITBD")] // within the day
    [InlineData("ITBD", "CLBD")]
    public void Opening_and_closing_may_be_stated_in_several_ways(string opening, string closing) =>
        Good(Document("02", Statement("S", Balance(opening, "-3.00") + Balance("CLAV", "77") + Balance(closing, "2"), [Entry("5")])))
            .Closing!.Amount.Amount.ShouldBe(2m);

    [Fact]
    public void A_reversal_has_its_sign_already_and_names_the_payer_of_what_it_takes_back()
    {
        var entry = Good(Document("02", Statement("S", "9", "4", Entry("-5", Details(Transaction("5", "back")), reversal: "true")))).Entries[0];
        (entry.Reversal, entry.Amount.Amount).ShouldBe((true, -5m));
        var part = entry.Transactions.ShouldHaveSingleItem();
        (part.Returned, part.Other.Name).ShouldBe((true, "Harbour Mills Ltd"));
    }

    [Fact]
    public void A_returned_payment_says_why()
    {
        var part = Good(Document("02", Statement("S", "9", "4", Entry("-5", Details(Transaction("5", "back", more: "")
            .Replace("</TxDtls>", "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls>", StringComparison.Ordinal)))))).Entries[0].Transactions[0];
        (part.Returned, part.ReturnReason, part.Other.Account).ShouldBe((true, "AM04", PayerIban));
    }

    [Fact]
    public void A_collective_booking_is_its_transactions_and_they_add_up()
    {
        var entry = Good(Document("02", Statement("S", "0", "30", Entry("30", Details(Transaction("10", "A"), Transaction("20", "B")), "COLL")))).Entries[0];
        entry.Transactions.Select(part => $"{part.No} {part.Amount} {part.Text}").ShouldBe(["1 10.00 EUR A", "2 20.00 EUR B"]);
    }

    [Fact]
    public void Charges_may_be_taken_off_each_transaction()
    {
        const string charge = "<Chrgs><Amt Ccy=\"EUR\">0.50</Amt></Chrgs>";
        var entry = Good(Document("02", Statement(
            "S", "0", "29", Entry("29", Details(Transaction("10", "A", more: charge), Transaction("20", "B", more: charge)))))).Entries[0];
        entry.Transactions.Select(part => $"{part.Amount} {part.Charges}").ShouldBe(["9.50 EUR 0.5", "19.50 EUR 0.5"]);
    }

    [Fact]
    public void A_collective_booking_without_amounts_stays_one_that_stands_for_many()
    {
        var part = Good(Document("02", Statement("S", "0", "30", Entry("30", Details("<Btch><NbOfTxs>7</NbOfTxs></Btch>", Transaction("", "A"), Transaction("", "B"))))))
            .Entries[0].Transactions.ShouldHaveSingleItem();
        (part.Count, part.Text, part.Amount.Amount, part.Other).ShouldBe((7, "A B", 30m, StatementParty.Unknown));
    }

    [Fact]
    public void Transactions_that_do_not_add_up_refuse_their_entry_and_no_other()
    {
        var statement = Good(Document("02", Statement("S", "0", "35", Entry("30", Details(Transaction("10", "A"), Transaction("21", "B"))), Entry("5"))));
        statement.Entries.ShouldHaveSingleItem().Amount.Amount.ShouldBe(5m);
        var refused = statement.Refused.ShouldHaveSingleItem();
        (refused.No, refused.Amount, refused.Problem.Code, refused.Problem.Field).ShouldBe((1, 30m, "details-differ", "Stmt[0].Ntry[0].NtryDtls"));
    }

    [Fact]
    public void A_card_number_is_masked_and_the_money_taken_in()
    {
        var part = Good(Document("02", Statement("S", "0", "5", Entry("5", Details(Transaction("5", "my card 4111 1111-1111 1111 for US-2026-0000042"))))))
            .Entries[0].Transactions[0];
        part.Text.ShouldBe("my card **** ****-**** **** for US-2026-0000042");
    }

    [Fact]
    public void What_nobody_sees_becomes_a_space() =>
        Good(Document("02", Statement("S", "0", "5", Entry("5", Details(Transaction("5", "US-2026-\n  0000042\u200b\u202eX"))))))
            .Entries[0].Transactions[0].Text.ShouldBe("US-2026- 0000042 X");

    [Theory]
    [InlineData("04")]
    [InlineData("11")]
    public void Another_version_is_named_and_refused(string version)
    {
        var problem = Read(Document(version, Statement("S", "0", "0"))).Problem!;
        (problem.Code, problem.Reason).ShouldBe(("unknown-format", $"The file is camt.053.001.{version}, which is not read."));
    }

    [Theory]
    [InlineData("", "bad-xml")]
    [InlineData("no xml", "bad-xml")]
    [InlineData("<a/>", "unknown-format")]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/hostname\">]><a>&b;</a>", "bad-xml")]
    [InlineData("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"/>", "no-statement")]
    [InlineData("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt><Id>S</Id>", "bad-xml")]
    public void What_is_no_statement_is_refused_whole(string file, string code)
    {
        var reading = Read(file);
        reading.Pages.ShouldBeEmpty();
        reading.Problem!.Code.ShouldBe(code);
    }

    [Fact]
    public void A_text_or_a_depth_without_end_is_refused()
    {
        Read(Document("02", Statement(new string('x', 5_000), "0", "0"))).Problem!.Code.ShouldBe("too-large");
        var deep = string.Concat(Enumerable.Repeat("<a>", 50)) + string.Concat(Enumerable.Repeat("</a>", 50));
        Read(Document("02", Statement("S", "0", "5", Entry("5", Details(Transaction("5", deep)))))).Problem!.Code.ShouldBe("too-large");
    }

    [Fact]
    public void No_change_of_bytes_takes_in_what_does_not_add_up() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Choose(0, 10_000), Gen.Choose(0, 255))), pair =>
        {
            var bytes = Encoding.UTF8.GetBytes(Document(
                "02", Statement("S", "0", "35", Entry("30", Details(Transaction("10", "A"), Transaction("20", "B")), "R"), Entry("5", reversal: "false"))));
            bytes[pair.Item1 % bytes.Length] = (byte)pair.Item2;
            var reading = JudgeStatements.Run(ReadCamt.Run(new MemoryStream(bytes)).Pages, Book);
            foreach (var statement in reading.Statements)
                (statement.Opening!.Amount.Amount + statement.Entries.Sum(entry => entry.Amount.Amount) + statement.Refused.Sum(refused => refused.Amount!.Value))
                    .ShouldBe(statement.Closing!.Amount.Amount);
            ReadCamt.Run(new MemoryStream(bytes, 0, pair.Item1 % (bytes.Length - 10))).Problem.ShouldNotBeNull();
        }).QuickCheckThrowOnFailure();
}
