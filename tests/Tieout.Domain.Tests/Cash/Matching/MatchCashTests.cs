using FsCheck;
using FsCheck.Fluent;
using Tieout.Domain.Cash;
using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Customers;
using static Tieout.Domain.Tests.Cash.Matching.MatchBooks;

namespace Tieout.Domain.Tests.Cash.Matching;

/// <summary>What a payment settles, and what is never decided without a person. US-2026-0000042 asks for 100, -43 for 50, -44 for 30.</summary>
public class MatchCashTests
{
    private static readonly OpenItem[] Open =
    [
        Item("US-2026-0000042", "100"), Item("US-2026-0000043", "50", date: "2026-11-02"), Item("US-2026-0000044", "30", date: "2026-11-03"),
        Item("DE-2026-0000007", "70", Quay),
    ];

    [Theory]
    [InlineData("100", "Invoice US-2026-0000042", "certain US-2026-0000042=100")]
    [InlineData("100", "us 2026 0000042", "certain US-2026-0000042=100")]
    [InlineData("100", "US20260000042.", "certain US-2026-0000042=100")]
    [InlineData("100", "US-2026-00 00042 thanks", "certain US-2026-0000042=100")] // cut by the bank's line break
    [InlineData("150", "US-2026-0000042, US-2026-0000043", "certain US-2026-0000042=100 US-2026-0000043=50")]
    [InlineData("100", "US-2026-OO00042", "proposed US-2026-0000042=100")] // letters O for zeros
    [InlineData("100", "INVUS-2026-0000042", "proposed US-2026-0000042=100")] // run together with other words
    [InlineData("100", "US-2026-00000421", "proposed US-2026-0000042=100")] // another number; only payer and amount speak
    [InlineData("100", "", "proposed US-2026-0000042=100")]
    [InlineData("40", "US-2026-0000042", "proposed US-2026-0000042=40")]
    [InlineData("120", "US-2026-0000042", "proposed US-2026-0000042=100 rest 20")]
    [InlineData("130", "", "proposed US-2026-0000042=100 US-2026-0000044=30")] // one set only comes to it
    [InlineData("50", "US-2026-0000042 US-2026-0000043", "proposed US-2026-0000043=50 | US-2026-0000042=50")]
    [InlineData("70", "DE-2026-0000007", "proposed DE-2026-0000007=70")] // somebody else's invoice
    [InlineData("13", "", "unapplied")]
    [InlineData("-13", "", "went-out")]
    public void A_payment_of_a_known_payer(string amount, string text, string told)
    {
        var decision = Told(Decide(Line(amount, text), Open));
        if (amount == "50") decision.ShouldStartWith("proposed US-2026-0000043=50");
        else decision.ShouldBe(told);
    }

    [Theory]
    [InlineData("100", "US-2026-0000042", "Harbour Mills Limited", "proposed US-2026-0000042=100")]
    [InlineData("100", "US-2026-0000042", "", "proposed US-2026-0000042=100")]
    [InlineData("100", "", "HARBOUR MILLS", "proposed US-2026-0000042=100")]
    [InlineData("70", "", "Quay and Sons", "proposed DE-2026-0000007=70")]
    [InlineData("70", "", "Somebody", "proposed DE-2026-0000007=70")] // the only invoice of this amount
    [InlineData("71", "", "Somebody", "unknown-payer")]
    [InlineData("71", "", "", "unknown-payer")]
    public void A_payment_from_an_unknown_account_is_never_certain(string amount, string text, string name, string told) =>
        Told(Decide(Line(amount, text, payer: "NL91ABNA0417164300", name: name), Open)).ShouldBe(told);

    [Theory]
    [InlineData("99.70", "0.30", "certain US-2026-0000042=100 fee 0.3")]
    [InlineData("99.50", "0.30", "proposed US-2026-0000042=100 fee 0.5 | US-2026-0000042=99.5")]
    [InlineData("99.70", "0", "proposed US-2026-0000042=99.7")]
    [InlineData("60.00", "40", "proposed US-2026-0000042=100 fee 40")] // more than banks keep
    [InlineData("60.00", "5", "proposed US-2026-0000042=60")]
    public void What_banks_kept_counts_where_the_statement_says_so(string amount, string charges, string told) =>
        Told(Decide(Line(amount, "US-2026-0000042", charges: charges), Open[0])).ShouldBe(told);

    [Theory]
    [InlineData("98", "2026-11-10", "certain A-2026-0000001=98 discount 2")]
    [InlineData("98", "2026-11-09", "proposed A-2026-0000001=98")] // ten days are over: a short payment
    [InlineData("97.99", "2026-11-10", "proposed A-2026-0000001=97.99")] // a cent short of that: nobody said that it goes to rounding
    [InlineData("97.70", "2026-11-10", "proposed A-2026-0000001=98 fee 0.3 discount 2")]
    public void A_discount_for_paying_early_is_certain_to_the_cent_and_in_time(string amount, string date, string told) =>
        Told(Decide(
            Line(amount, "A-2026-0000001", charges: amount == "97.70" ? "0.30" : "0"),
            Item("A-2026-0000001", "100", date: date, discount: new DiscountTerms(2m, 10)))).ShouldBe(told);

    [Fact]
    public void A_discount_counts_from_when_the_money_came_and_only_for_a_known_payer_who_means_all_that_is_named()
    {
        var (early, other) = (Item("A-2026-0000001", "100", date: "2026-11-01", discount: new DiscountTerms(2m, 10)), Item("A-2026-0000002", "50"));
        Told(Decide(Line("98", "A-2026-0000001"), early)).ShouldStartWith("proposed");
        Told(Decide(Line("98", "A-2026-0000001") with { ReceivedOn = new DateOnly(2026, 11, 11) }, early)).ShouldBe("certain A-2026-0000001=98 discount 2");
        var came = Line("148", "A-2026-0000001 A-2026-0000002") with { ReceivedOn = new DateOnly(2026, 11, 11) };
        Told(Decide(came, early, other)).ShouldBe("certain A-2026-0000001=98 A-2026-0000002=50 discount 2");
        // 98 might be what two others ask for together.
        Decide(came with { Amount = came.Amount with { Amount = 99m }, Text = "A-2026-0000001 B-1 B-2" }, early with { Open = 51m, Discount = new DiscountTerms(50m, 10) },
            Item("B-2026-0000001", "51"), Item("B-2026-0000002", "48")).ShouldBeOfType<MatchDecision.Proposed>();
        Told(Decide(came with { Amount = came.Amount with { Amount = 98m }, Text = "A-2026-0000001", Payer = new("", "NL91ABNA0417164300") }, early))
            .ShouldBe("proposed A-2026-0000001=98 discount 2");
        // Who says beside the number what is kept says nothing else.
        Told(Decide(Line("98") with { ReceivedOn = new DateOnly(2026, 11, 11), Documents = [new("CINV", "A-2026-0000001", 98m)] }, early))
            .ShouldBe("certain A-2026-0000001=98 discount 2");
        Decide(Line("98", "A-2026-0000001") with { ReceivedOn = new DateOnly(2026, 11, 11) }, early).ShouldBeOfType<MatchDecision.Certain>().Match.Id
            .ShouldNotBe(Decide(Line("98", "A-2026-0000001"), early).ShouldBeOfType<MatchDecision.Proposed>().Proposals[0].Id);
    }

    [Theory]
    [InlineData("99.99", "0.05", "certain A-2026-0000001=99.99 off 0.01")]
    [InlineData("100.05", "0.05", "certain A-2026-0000001=100 off -0.05")]
    [InlineData("99.94", "0.05", "proposed A-2026-0000001=99.94")]
    [InlineData("100.06", "0.05", "proposed A-2026-0000001=100 rest 0.06")]
    [InlineData("99.99", "0", "proposed A-2026-0000001=99.99")]
    [InlineData("97.98", "0.05", "certain A-2026-0000001=97.98 discount 2 off 0.02")]
    [InlineData("98.01", "0.05", "certain A-2026-0000001=98 discount 2 off -0.01")]
    [InlineData("100", "0.05", "certain A-2026-0000001=100")]
    [InlineData("98", "0.05", "certain A-2026-0000001=98 discount 2")]
    public void A_small_difference_goes_to_rounding_where_the_legal_entity_says_so(string amount, string tolerance, string told) =>
        Told(Decide(
            Line(amount, "A-2026-0000001") with { ReceivedOn = new DateOnly(2026, 11, 11) },
            Item("A-2026-0000001", "100", discount: new DiscountTerms(2m, 10)) with { Tolerance = Amounts.D(tolerance) })).ShouldBe(told);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 5)]
    [InlineData(6, 0)] // too many to guess
    public void Where_nothing_is_known_but_the_amount_a_few_invoices_are_proposed_and_of_many_none(int invoices, int proposed)
    {
        var (ours, others) = (IdOf("ours"), IdOf("others"));
        OpenItem[] items =
        [
            .. Enumerable.Range(1, invoices).Select(no => FormattableString.Invariant($"A-{no}")).Select(number => Item(number, "50", IdOf("of " + number)) with { LegalEntity = ours }),
            Item("B-1", "50", IdOf("b")) with { LegalEntity = others }, Item("C-1", "50.01", IdOf("c")) with { LegalEntity = ours },
            Item("D-1", "50", IdOf("d"), date: "2026-11-21") with { LegalEntity = ours }, // dated later than the money
        ];
        var decision = Decide(Line("50", "thanks", payer: "NL91ABNA0417164300", name: "") with { LegalEntity = ours }, items);
        if (proposed == 0) decision.ShouldBeOfType<MatchDecision.Unknown>().Reasons.ShouldContain("More than 5 invoices ask for this amount.");
        else
        {
            var found = decision.ShouldBeOfType<MatchDecision.Proposed>().Proposals;
            found.Count.ShouldBe(proposed);
            found.ShouldAllBe(one => one.Settles[0].Number.StartsWith('A') && one.Score <= 30 && one.Reasons.Contains("Only the amount speaks for it."));
        }
    }

    [Fact]
    public void Two_equally_good_answers_are_both_proposed()
    {
        Told(Decide(Line("50"), Item("A-1001", "50"), Item("A-1002", "50"))).Split(' ').Order().ShouldBe(["A-1001=50", "A-1002=50", "proposed", "|"], ignoreOrder: true);
        // 100 = 60 + 40 = 70 + 30: no set of them is offered.
        var decision = Decide(Line("100"), Item("A-1", "60"), Item("A-2", "40"), Item("A-3", "70"), Item("A-4", "30"));
        decision.ShouldBeOfType<MatchDecision.Unapplied>().Reasons.ShouldContain("More than one set of this customer's invoices comes to this amount.");
        // Named together with charges: 100 is the one alone, or both less what banks kept.
        Decide(Line("100", "A-1001 A-1002", charges: "10"), Item("A-1001", "100"), Item("A-1002", "10")).ShouldBeOfType<MatchDecision.Proposed>();
    }

    [Fact]
    public void One_number_of_two_invoices_is_never_certain()
    {
        var decision = Decide(Line("100", "US-2026-0000042"), Item("US-2026-0000042", "100"), Item("US2026-0000042", "100"));
        decision.ShouldBeOfType<MatchDecision.Proposed>().Proposals[0].Reasons.ShouldContain("A number it names stands for more than one invoice.");
    }

    [Fact]
    public void References_of_ours_and_documents_named_in_structure_count_like_text()
    {
        var line = Line("100") with { References = [CreditorReference.Of("US-2026-0000042")] };
        Told(Decide(line, Open)).ShouldBe("certain US-2026-0000042=100");
        Told(Decide(Line("100", $"ref {CreditorReference.Of("US-2026-0000042")}"), Open)).ShouldBe("certain US-2026-0000042=100");
        Told(Decide(Line("100") with { Ids = ["US-2026-0000042"] }, Open)).ShouldBe("certain US-2026-0000042=100");
        var structured = Line("120") with { Documents = [new("CINV", "US-2026-0000042", 80m), new("CINV", "US-2026-0000043", 40m)] };
        Told(Decide(structured, Open)).ShouldStartWith("proposed US-2026-0000042=80 US-2026-0000043=40");
        Told(Decide(Line("150") with { Documents = [new("CINV", "US-2026-0000042", null), new("CINV", "US-2026-0000043", null), new("CREN", "US-C-1", null)] }, Open))
            .ShouldStartWith("proposed"); // a credit note is named beside
    }

    [Fact]
    public void Another_currency_a_later_date_and_what_is_settled_are_said()
    {
        Reasons(Decide(Line("100", "US-2026-0000042"), Item("US-2026-0000042", "100", currency: "USD")))
            .ShouldContain("It names US-2026-0000042, which asks for USD; the money is EUR.");
        Reasons(Decide(Line("100", "US-2026-0000042"), Item("US-2026-0000042", "100", date: "2026-11-21")))
            .ShouldContain("It names US-2026-0000042, which is dated 2026-11-21, later than the money.");
        Reasons(Decide(Line("100", "US-2026-0000042"), Item("US-2026-0000042", "0"))).ShouldContain("It names US-2026-0000042, on which nothing is owed.");
    }

    [Fact]
    public void Many_payments_in_one_amount_are_never_certain() =>
        Decide(Line("100", "US-2026-0000042") with { Count = 3 }, Open).ShouldBeOfType<MatchDecision.Proposed>()
            .Proposals[0].Reasons.ShouldContain("The bank gives 3 payments as one amount.");

    [Fact]
    public void Two_payments_that_are_certain_for_one_invoice_are_certain_no_more()
    {
        var decided = MatchCash.Run([Line("100", "US-2026-0000042", key: "a"), Line("100", "US-2026-0000042", key: "b"), Line("50", "US-2026-0000043", key: "c")],
            new MatchBook(Open, Payers), MatchPolicy.Default);
        decided.Select(one => Told(one.Decision)).ShouldBe(
            ["proposed US-2026-0000042=100", "proposed US-2026-0000042=100", "certain US-2026-0000043=50"]);
    }

    [Fact]
    public void Several_payments_of_one_invoice_are_told_that_they_belong_together()
    {
        var decided = MatchCash.Run([Line("60", "US-2026-0000042", key: "a"), Line("40", "US-2026-0000042", key: "b")], new MatchBook(Open, Payers), MatchPolicy.Default);
        decided.ShouldAllBe(one => Reasons(one.Decision).Contains("Together with 1 other payment it is what US-2026-0000042 asks for."));
    }

    [Theory]
    [InlineData("-100", "E2E-1", HarbourIban, "certain takes back")]
    [InlineData("-100", "E2E-1", "", "proposed takes back")]
    [InlineData("-99", "E2E-1", HarbourIban, "proposed takes back")]
    [InlineData("-100", "", HarbourIban, "proposed takes back")]
    [InlineData("-100", "", "", "unknown-return")]
    [InlineData("100", "E2E-1", HarbourIban, "came-back")]
    public void A_return_takes_back_the_payment_whose_reference_it_names(string amount, string id, string payer, string told)
    {
        var receipt = new EarlierReceipt(IdOf("p"), "USJ-2026-0000001", Harbour, new Money(100m, Amounts.Eur), Today.AddDays(-3), HarbourIban, ["E2E-1"]);
        var line = Line(amount, payer: payer) with { Returned = true, Ids = id.Length > 0 ? [id] : [] };
        Told(MatchCash.Decide(line, new MatchBook([], Payers, [receipt]), MatchPolicy.Default)).ShouldBe(told);
        if (told[0] == 'c' && told[1] == 'e')
            Told(MatchCash.Decide(line, new MatchBook([], Payers, [receipt, receipt with { Payment = IdOf("q") }]), MatchPolicy.Default)).ShouldStartWith("proposed");
    }

    [Theory]
    [InlineData("Harbour Mills Ltd", "HARBOUR MILLS LIMITED", true)]
    [InlineData("Müller & Söhne GmbH", "Mueller Soehne", true)]
    [InlineData("Café Été SARL", "CAFE ETE", true)]
    [InlineData("Harbour Mills Ltd", "Mills Harbour Holding Ltd", true)]
    [InlineData("Harbour Mills Ltd", "Harbour Shipping Services", false)]
    public void Names_are_compared_without_forms_accents_and_order(string ours, string theirs, bool like)
    {
        var book = new MatchBook([Item("A-1001", "77")], [new KnownPayer(Harbour, ours, [])]);
        var decision = MatchCash.Decide(Line("77", payer: "", name: theirs), book, MatchPolicy.Default);
        Reasons(decision).Any(reason => reason.Contains("name", StringComparison.Ordinal)).ShouldBe(like);
    }

    [Theory]
    [InlineData("US-2026-0000042", "US20260000042", true)]
    [InlineData("pay us 2026 OO00042 now", "US20260000042", true)]
    [InlineData("RF97US20260000042", "US20260000042", true)]
    [InlineData("2026-0000042", "US20260000042", false)]
    [InlineData("nothing", "US20260000042", false)]
    public void What_may_be_a_number_of_ours_is_looked_for_as_the_index_has_it(string text, string number, bool found) =>
        NumberText.Candidates(Line("1", text)).Contains(number.Replace('S', '5')).ShouldBe(found);

    [Fact]
    public void Whatever_the_book_finds_was_looked_for() =>
        Prop.ForAll(Arb.From(Gen.Zip(Gen.Choose(0, 9_999_999), Gen.Elements("", " ", "-", "x", "RF00", "1", "O"))), pair =>
        {
            var number = Tieout.Domain.Invoicing.InvoiceNumber.Of("DEX", 2026, pair.Item1);
            var line = Line("77", $"words {pair.Item2}{number}{pair.Item2} 12", payer: "", name: "");
            var named = Decide(line, Item(number, "77"), Item("ZZ-2026-9999999", "77")) is MatchDecision.Proposed([{ Settles: [var part] }, ..]) && part.Number == number;
            if (named) NumberText.Candidates(line).Any(text => text.Length == 14 && text.EndsWith(number[^7..], StringComparison.Ordinal)).ShouldBeTrue();
        }).QuickCheckThrowOnFailure();

    private static IReadOnlyList<string> Reasons(MatchDecision decision) => decision switch
    {
        MatchDecision.Certain(var match) => match.Reasons,
        MatchDecision.Proposed(var proposals) => proposals[0].Reasons,
        MatchDecision.Unapplied(_, var reasons) => reasons,
        MatchDecision.Unknown(_, var reasons) => reasons,
        _ => [],
    };
}
