using Tieout.Domain.Intake;

namespace Tieout.Domain.Tests.Intake;

public class RowDecisionTests
{
    private static readonly LegalEntityId Company = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly Guid Plan = new(2, 0, 0, new byte[8]);
    private static readonly Guid Price = new(3, 0, 0, new byte[8]);
    private static readonly CorrelationId Correlation = new(new Guid(4, 0, 0, new byte[8]));

    private static readonly IncomingRow Row = new(
        new("C1", "Acme", "US"),
        new("A1", Company, Currency.Of("USD"), "US-CA", 30),
        new("S1", Plan, new DateOnly(2026, 1, 1), null, [new("base", Price, 1, 29.85m), new("seats", Price, 4, null)]));

    [Fact]
    public void Nothing_stands_so_everything_is_added() => RowDecision.Of(Row, new Stored()).ShouldBeOfType<RowDecision.Add>();

    [Fact]
    public void The_same_content_is_unchanged_whatever_the_order_of_components_and_zeros_of_prices()
    {
        var stored = Standing();
        var reversed = Row with { Subscription = Row.Subscription! with { Components = [new("seats", Price, 4.000m, null), new("base", Price, 1, 29.8500m)] } };
        RowDecision.Of(reversed, stored).ShouldBe(new RowDecision.Unchanged(Correlation));
    }

    [Fact]
    public void A_file_that_says_nothing_of_an_address_agrees_with_any()
    {
        var stored = Standing();
        stored.Customers["C1"] = stored.Customers["C1"] with { Content = Row.Customer with { Details = new("Main Street 1", "Springfield") } };
        RowDecision.Of(Row, stored).ShouldBe(new RowDecision.Unchanged(Correlation));
        var same = Row with { Customer = Row.Customer with { Details = new("Main Street 1", "Springfield") } };
        RowDecision.Of(same, stored).ShouldBe(new RowDecision.Unchanged(Correlation));
    }

    [Fact]
    public void A_second_subscription_of_the_same_account_is_added() =>
        RowDecision.Of(Row with { Subscription = Row.Subscription! with { Code = "S2" } }, Standing()).ShouldBeOfType<RowDecision.Add>();

    public static TheoryData<IncomingRow, string> OtherContent => new()
    {
        { Row with { Customer = Row.Customer with { Name = "Other" } }, "another name" },
        { Row with { Customer = Row.Customer with { Country = "DE" } }, "another country" },
        { Row with { Customer = Row.Customer with { Details = new("Main Street 1") } }, "another address or number" },
        { Row with { Customer = Row.Customer with { Level = "gold" } }, "another level" },
        { Row with { Customer = Row.Customer with { Tax = new("US", "", "", Business: false, null) } }, "another tax profile" },
        { Row with { Account = Row.Account! with { TimeZone = "Europe/Vienna" } }, "another time zone" },
        { Row with { Subscription = Row.Subscription! with { TrialEnd = new DateOnly(2026, 1, 15) } }, "another trial" },
        { Row with { Account = Row.Account! with { PurchaseOrder = "PO-2" } }, "another purchase order" },
        { Row with { Account = Row.Account! with { InvoiceNote = "x" } }, "another note" },
        { Row with { Customer = new("C2", "Acme", "US") }, "another customer" },
        { Row with { Account = Row.Account! with { Currency = Currency.Of("EUR") } }, "another currency" },
        { Row with { Account = Row.Account! with { TaxCode = "X" } }, "another tax code" },
        { Row with { Account = Row.Account! with { TermDays = 31 } }, "another term of payment" },
        { Row with { Account = Row.Account! with { DiscountPercent = 2m, DiscountDays = 10 } }, "another discount for paying early" },
        { Row with { Account = Row.Account! with { Code = "A2" } }, "another account" },
        { Row with { Subscription = Row.Subscription! with { Start = new DateOnly(2026, 2, 1) } }, "another start" },
        { Row with { Subscription = Row.Subscription! with { End = new DateOnly(2027, 1, 1) } }, "another end" },
        { Row with { Subscription = Row.Subscription! with { Components = [new("base", Price, 1, 29.85m)] } }, "another set of components" },
        { Row with { Subscription = Row.Subscription! with { Components = [new("base", Price, 1, null), new("seats", Price, 4, null)] } }, "another set of components" },
    };

    [Theory]
    [MemberData(nameof(OtherContent))]
    public void Other_content_under_a_known_code_is_refused(IncomingRow row, string reason)
    {
        var refused = RowDecision.Of(row, Standing()).ShouldBeOfType<RowDecision.Refused>();
        refused.Refusal.Code.ShouldBe(RefusalCode.KeyTaken);
        refused.Refusal.Reason.ShouldContain(reason);
    }

    private static Stored Standing()
    {
        var stored = new Stored();
        var customer = new CustomerId(new Guid(5, 0, 0, new byte[8]));
        var account = new BillingAccountId(new Guid(6, 0, 0, new byte[8]));
        stored.Customers.Add("C1", new(customer, Correlation, Row.Customer));
        stored.Accounts.Add("A1", new(account, Correlation, customer, Row.Account!));
        stored.Subscriptions.Add("S1", new(new(new Guid(7, 0, 0, new byte[8])), Correlation, account, Row.Subscription!));
        return stored;
    }
}
