using System.Collections.Frozen;
using Tieout.Domain.Intake;

namespace Tieout.Domain.Tests.Intake;

public class RowRulesTests
{
    private static readonly string[] Header = ["id", "name", "country", "entity", "currency", "tax", "plan", "start", "end", "price", "seats", "addon", "other"];
    private static readonly string[] Good =
        ["C1", "Żółć & Söhne", "PL", "DE", "EUR", "DE-19", "TEAM", "2026-01-31", "", "29.85", "4", "Yes", "\t anything 4111111111111111"];

    private static readonly ImportMapping Mapping = new(
        FileFormat.Default,
        new(Column("id"), Column("name"), Column("country")),
        new(Column("id"), Column("entity"), Column("currency"), Column("tax"), new Value.Constant("30")),
        new(Column("id"), Column("plan"), Column("start"), Column("end")),
        [
            new("base", Column("price"), new Value.Constant("1"), null),
            new("seats", null, Column("seats"), new Condition("addon", ["Yes"], Negated: false)),
        ],
        []);

    private static readonly KnownBooks Books = new(
        [new(new(new Guid(1, 0, 0, new byte[8])), "DE", Currency.Of("EUR"))],
        [new(new Guid(2, 0, 0, new byte[8]), "TEAM", new Dictionary<(string, string), Guid> { [("base", "EUR")] = default, [("seats", "EUR")] = default })],
        ["DE-19"]);

    private static readonly FrozenDictionary<string, int> Columns = Header.Index().ToFrozenDictionary(column => column.Item, column => column.Index);

    [Fact]
    public void A_good_row_brings_customer_account_subscription_and_the_components_that_apply()
    {
        var (row, refusal) = Read();
        refusal.ShouldBeNull();
        row.ShouldNotBeNull().Customer.ShouldBe(new IncomingCustomer("C1", "Żółć & Söhne", "PL"));
        row.Account!.TermDays.ShouldBe(30);
        row.Subscription!.Start.ShouldBe(new DateOnly(2026, 1, 31));
        row.Subscription.Components.Select(component => (component.Component, component.Quantity, component.AgreedPrice))
            .ShouldBe([("base", 1m, 29.85m), ("seats", 4m, (decimal?)null)]);
        Read("addon", "No").Row!.Subscription!.Components.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("PL", "", "PL5260250274", "", null)]                       // who has a VAT number is a business
    [InlineData("PL", "yes", "", "", null)]
    [InlineData("PL", "no", "PL5260250274", "", RefusalCode.BadVatNumber)]    // a consumer has none
    [InlineData("PL", "maybe", "", "", RefusalCode.BadFlag)]
    [InlineData("DE", "", "PL5260250274", "", RefusalCode.BadVatNumber)]      // of another country
    [InlineData("PL", "", "PL5260250275", "", RefusalCode.BadVatNumber)]      // a digit is wrong
    [InlineData("EL", "", "", "", RefusalCode.BadCountry)]
    [InlineData("", "", "", "", RefusalCode.Missing)]
    [InlineData("PL", "", "", "123456789012345678901", RefusalCode.TooLong)]
    public void A_tax_profile_is_judged_like_one_entered_by_hand(string country, string business, string vat, string postcode, string? code)
    {
        var mapping = Mapping with
        {
            Customer = Mapping.Customer with { Tax = new TaxMapping((Value?)Said(country) ?? new Value.Column("other", null), Said(postcode), null, Said(business), Said(vat)) },
        };
        var cells = Good.Index().Select(cell => cell.Index == 12 ? "" : cell.Item).ToArray();
        var (row, refusal) = new RowRules(mapping, Columns, Books).Read(cells);
        refusal?.Code.ShouldBe(code);
        (row is null).ShouldBe(code is not null);
        if (row is not null) row.Customer.Tax.ShouldBe(new IncomingTaxProfile("PL", "", "", Business: true, Said(vat) is null ? null : vat));
    }

    [Theory]
    [InlineData("Europe/Vienna", null)]
    [InlineData("Europe/Wien", RefusalCode.UnknownTimeZone)]
    public void An_accounts_time_zone_is_one_of_the_tz_database(string zone, string? code)
    {
        var mapping = Mapping with { Account = Mapping.Account! with { TimeZone = Said(zone) } };
        var (row, refusal) = new RowRules(mapping, Columns, Books).Read(Good);
        refusal?.Code.ShouldBe(code);
        row?.Account!.TimeZone.ShouldBe(zone);
    }

    [Fact]
    public void A_row_begins_with_the_plans_trial_only_where_the_mapping_says_so()
    {
        var plan = Books.Plans["TEAM"];
        var books = new KnownBooks(Books.LegalEntities.Values, [plan with { Versions = [plan.Versions[0] with { TrialDays = 14 }] }], ["DE-19"]);
        var asked = Mapping with { Subscription = Mapping.Subscription! with { PlanTrial = true } };
        new RowRules(Mapping, Columns, books).Read(Good).Row!.Subscription!.TrialEnd.ShouldBeNull();
        new RowRules(asked, Columns, Books).Read(Good).Row!.Subscription!.TrialEnd.ShouldBeNull();
        new RowRules(asked, Columns, books).Read(Good).Row!.Subscription!.TrialEnd.ShouldBe(new DateOnly(2026, 2, 14));
        string[] ended = [.. Good.Index().Select(cell => cell.Index == 8 ? "2026-02-05" : cell.Item)];
        new RowRules(asked, Columns, books).Read(ended).Row!.Subscription!.TrialEnd.ShouldBe(new DateOnly(2026, 2, 5));
    }

    private static Value.Constant? Said(string text) => text.Length > 0 ? new Value.Constant(text) : null;

    [Theory]
    [InlineData("PL5260250274", "9945", "PL5260250274", "rechnung@example.com", null)]
    [InlineData("5260250274", "", "", "", RefusalCode.BadVatNumber)]
    [InlineData("", "9945", "", "", RefusalCode.BadElectronicAddress)]
    [InlineData("", "", "PL5260250274", "", RefusalCode.BadElectronicAddress)]
    [InlineData("", "993", "PL5260250274", "", RefusalCode.BadElectronicAddress)]
    [InlineData("", "", "", "nobody", RefusalCode.BadEmail)]
    [InlineData("", "", "", "4111111111111111@example.com", RefusalCode.CardNumber)]
    public void Address_and_numbers_of_a_customer_are_judged_one_by_one(string vat, string scheme, string address, string email, string? code)
    {
        var mapping = Mapping with
        {
            Customer = Mapping.Customer with
            {
                Details = new DetailsMapping(
                    new Value.Constant("ul. Długa 1"), null, null, null, Given(vat), null, Given(email), Given(address), Given(scheme)),
            },
        };
        var columns = Header.Index().ToFrozenDictionary(column => column.Item, column => column.Index);
        var (row, refusal) = new RowRules(mapping, columns, Books).Read(Good);
        (refusal?.Code).ShouldBe(code);
        if (code is null) row!.Customer.Details.ShouldBe(new("ul. Długa 1", VatNumber: vat, Email: email, ElectronicAddress: address, ElectronicScheme: scheme));

        static Value? Given(string text) => text.Length > 0 ? new Value.Constant(text) : null;
    }

    [Fact]
    public void A_mapping_without_details_says_nothing_of_them()
    {
        Read().Row!.Customer.Details.ShouldBeNull();
        Read().Row!.Account!.PurchaseOrder.ShouldBeNull();
    }

    [Fact]
    public void Cells_are_trimmed_and_an_empty_agreed_price_is_the_catalogues()
    {
        Read("name", "  Acme ").Row!.Customer.Name.ShouldBe("Acme");
        Read("price", " ").Row!.Subscription!.Components[0].AgreedPrice.ShouldBeNull();
    }

    [Theory]
    [InlineData("2", "10", "2 within 10")]
    [InlineData("", "", "0 within 0")] // an empty cell is none
    [InlineData("0", "0", "0 within 0")]
    [InlineData("2.5", "30", "2.5 within 30")] // the day it is due
    [InlineData("2", "31", "bad-number seats")]
    [InlineData("2", "", "bad-number seats")]
    [InlineData("", "10", "bad-number price")]
    [InlineData("100", "10", "bad-number price")]
    [InlineData("2", "1.5", "bad-number seats")]
    [InlineData("two", "10", "bad-number price")]
    public void A_discount_for_paying_early_has_both_figures_or_none(string percent, string days, string told)
    {
        var mapping = Mapping with
        {
            Account = Mapping.Account! with { DiscountPercent = Column("price"), DiscountDays = Column("seats") },
            Components = [new("base", null, new Value.Constant("1"), null)],
        };
        var cells = Good.Index().Select(cell => Header[cell.Index] == "price" ? percent : Header[cell.Index] == "seats" ? days : cell.Item).ToArray();
        var (row, refusal) = new RowRules(mapping, Columns, Books).Read(cells);
        (refusal is { } no ? $"{no.Code} {no.Field}" : FormattableString.Invariant($"{row!.Account!.DiscountPercent} within {row.Account.DiscountDays}")).ShouldBe(told);
    }

    [Theory]
    [InlineData("id", "", RefusalCode.Missing)]
    [InlineData("id", " ", RefusalCode.Missing)]
    [InlineData("name", "", RefusalCode.Missing)]
    [InlineData("name", "a\nb", RefusalCode.ControlCharacter)]
    [InlineData("name", "4111-1111-1111-1111", RefusalCode.CardNumber)]
    [InlineData("country", "Germany", RefusalCode.BadCountry)]
    [InlineData("entity", "FR", RefusalCode.UnknownLegalEntity)]
    [InlineData("currency", "EURO", RefusalCode.UnknownCurrency)]
    [InlineData("currency", "eur", RefusalCode.UnknownCurrency)]
    [InlineData("currency", "XXX", RefusalCode.UnknownCurrency)]
    [InlineData("currency", "USD", RefusalCode.NoPrice)]
    [InlineData("tax", "DE-7", RefusalCode.UnknownTaxCode)]
    [InlineData("plan", "GOLD", RefusalCode.UnknownPlan)]
    [InlineData("start", "", RefusalCode.Missing)]
    [InlineData("start", "31.01.2026", RefusalCode.BadDate)]
    [InlineData("end", "2026-01-31", RefusalCode.EndBeforeStart)]       // half-open: that would be no day at all
    [InlineData("end", "2025-12-31", RefusalCode.EndBeforeStart)]
    [InlineData("price", "-1", RefusalCode.BadNumber)]
    [InlineData("price", "NaN", RefusalCode.BadNumber)]
    [InlineData("seats", "", RefusalCode.Missing)]
    public void A_bad_cell_refuses_the_row(string column, string cell, string code)
    {
        var (row, refusal) = Read(column, cell);
        row.ShouldBeNull();
        refusal.ShouldNotBeNull().Code.ShouldBe(code);
        refusal.Reason.ShouldEndWith(".");
        refusal.Remedy.ShouldNotBeEmpty();
        if (code != RefusalCode.NoPrice) refusal.Field.ShouldBe(column);
    }

    [Fact]
    public void A_card_number_is_repeated_nowhere()
    {
        foreach (var column in Header[..^1])
        {
            var cells = With(column, "4111 1111 1111 1111");
            var rules = Rules(Mapping);
            rules.Read(cells).Refusal?.ToString().ShouldNotContain("4111 1111");
            rules.KeyOf(cells).ShouldNotContain("4111");
        }
    }

    [Fact]
    public void A_row_with_more_or_fewer_columns_is_ragged()
    {
        Rules(Mapping).Read(Good[..^1]).Refusal!.Code.ShouldBe(RefusalCode.Ragged);
        Rules(Mapping).Read([.. Good, ""]).Refusal!.Reason.ShouldBe("The row has 14 columns, the header 13.");
    }

    [Fact]
    public void No_component_that_applies_refuses_the_row()
    {
        var mapping = Mapping with { Components = [Mapping.Components[1]] };
        Rules(mapping).Read(With("addon", "No")).Refusal!.Code.ShouldBe(RefusalCode.NoComponent);
    }

    [Fact]
    public void Currency_follows_the_legal_entity_when_the_mapping_has_none()
    {
        var taxCode = new Value.Mapped(new Value.OfLegalEntity(), new Dictionary<string, string> { ["DE"] = "DE-19" }, null);
        var mapping = Mapping with { Account = Mapping.Account! with { Currency = null, TaxCode = taxCode } };
        Rules(mapping).Read(Good).Row!.Account!.ShouldSatisfyAllConditions(
            account => account.Currency.Code.ShouldBe("EUR"), account => account.TaxCode.ShouldBe("DE-19"));
    }

    [Theory]
    [InlineData("", false, null)]
    [InlineData("", true, RefusalCode.Missing)]
    [InlineData("12.50", true, null)]
    [InlineData("abc", false, RefusalCode.BadNumber)]
    public void A_checked_column_must_be_right_and_filled_only_when_required(string cell, bool required, string? code)
    {
        var mapping = Mapping with { Checks = [new("other", CheckedType.Decimal, required)] };
        Rules(mapping).Read(With("other", cell)).Refusal?.Code.ShouldBe(code);
    }

    [Fact]
    public void A_word_the_map_does_not_list_refuses_the_row_unless_there_is_an_otherwise()
    {
        var map = new Dictionary<string, string> { ["Pro"] = "TEAM" };
        Rules(Plan(null)).Read(With("plan", "Lite")).Refusal!.Code.ShouldBe(RefusalCode.NotMapped);
        Rules(Plan("TEAM")).Read(With("plan", "Lite")).Refusal.ShouldBeNull();
        Rules(Plan(null)).Read(With("plan", "Pro")).Refusal.ShouldBeNull();
        Rules(Plan(null)).Read(With("plan", "")).Refusal!.Code.ShouldBe(RefusalCode.Missing);

        ImportMapping Plan(string? otherwise) =>
            Mapping with { Subscription = Mapping.Subscription! with { Plan = new Value.Mapped(Column("plan"), map, otherwise) } };
    }

    private static (IncomingRow? Row, Refusal? Refusal) Read(string column = "other", string cell = "") => Rules(Mapping).Read(With(column, cell));

    private static RowRules Rules(ImportMapping mapping) =>
        new(mapping, Header.Index().ToFrozenDictionary(column => column.Item, column => column.Index), Books);

    private static string[] With(string column, string cell) => [.. Header.Zip(Good, (name, good) => name == column ? cell : good)];

    private static Value.Column Column(string name) => new(name);
}
