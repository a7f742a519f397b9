using System.Text;
using Tieout.Connectors.Dynamics;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Dynamics;

/// <summary>Our document as a journal.</summary>
public sealed class DynamicsMapTests
{
    private static readonly Uri Url = new("https://contoso.operations.dynamics.com/");

    private static readonly ErpInvoice Invoice = new(
        "US-2026-0000042", "C-77", "C-77", Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30,
        [new("revenue", 30m, "Set-up", "STD"), new("deferred-revenue", 120m, "Annual plan", "STD")], [new("STD", 0.19m, 150m, 28.5m)], 178.5m);

    private static readonly ErpEntry Payment = new(
        EntryKind.Payment, "P-1", Currency.Of("EUR"), new(2026, 11, 2), "Bank transfer 4711",
        [
            new("cash-clearing", 98m, "In"), new("bank-fees", 2m, "Fee") { Dimensions = Sorted("cost-center", "CC-8") },
            new("receivable", -100m, "Paid") { CustomerCode = "C-77", ErpCustomerId = "C-77", Settles = "US-2026-0000042" },
        ]);

    [Fact]
    public void An_invoice_becomes_this_general_journal_and_nothing_else() => Written(Invoice).ShouldBe(
        """
        LedgerJournalHeaders {"dataAreaId":"demf","JournalBatchNumber":"US-2026-0000042","JournalName":"GenJrn","Description":"invoice US-2026-0000042 C-77","IntegrationKey":"US-2026-0000042"}
        LedgerJournalLines {"dataAreaId":"demf","JournalBatchNumber":"US-2026-0000042","LineNumber":1,"Voucher":"US-2026-0000042","TransDate":"2026-11-01T12:00:00Z","AccountType":"Cust","AccountDisplayValue":"C-77","DebitAmount":178.50,"CurrencyCode":"EUR","Text":"US-2026-0000042 C-77","Document":"US-2026-0000042","DocumentDate":"2026-11-01T12:00:00Z","Invoice":"US-2026-0000042","DueDate":"2026-12-01T12:00:00Z"}
        LedgerJournalLines {"dataAreaId":"demf","JournalBatchNumber":"US-2026-0000042","LineNumber":2,"Voucher":"US-2026-0000042","TransDate":"2026-11-01T12:00:00Z","AccountType":"Ledger","AccountDisplayValue":"401100---","CreditAmount":30.00,"CurrencyCode":"EUR","Text":"Set-up","Document":"US-2026-0000042","DocumentDate":"2026-11-01T12:00:00Z","Invoice":"US-2026-0000042"}
        LedgerJournalLines {"dataAreaId":"demf","JournalBatchNumber":"US-2026-0000042","LineNumber":3,"Voucher":"US-2026-0000042","TransDate":"2026-11-01T12:00:00Z","AccountType":"Ledger","AccountDisplayValue":"250100---","CreditAmount":120.00,"CurrencyCode":"EUR","Text":"Annual plan","Document":"US-2026-0000042","DocumentDate":"2026-11-01T12:00:00Z","Invoice":"US-2026-0000042"}
        LedgerJournalLines {"dataAreaId":"demf","JournalBatchNumber":"US-2026-0000042","LineNumber":4,"Voucher":"US-2026-0000042","TransDate":"2026-11-01T12:00:00Z","AccountType":"Ledger","AccountDisplayValue":"202100---","CreditAmount":28.50,"CurrencyCode":"EUR","Text":"STD 19 % on 150","Document":"US-2026-0000042","DocumentDate":"2026-11-01T12:00:00Z","Invoice":"US-2026-0000042","SalesTaxCode":"U19"}
        """);

    [Fact]
    public void A_payment_that_settles_becomes_this_customer_payment_journal() => Written(Payment).ShouldBe(
        """
        CustomerPaymentJournalHeaders {"dataAreaId":"demf","JournalBatchNumber":"P-1","JournalName":"CustPay","Description":"payment P-1 Bank transfer 4711"}
        CustomerPaymentJournalLines {"dataAreaId":"demf","JournalBatchNumber":"P-1","LineNumber":1,"Voucher":"P-1","TransactionDate":"2026-11-02T12:00:00Z","AccountType":"Ledger","AccountDisplayValue":"110110---","DebitAmount":98.00,"CurrencyCode":"EUR","TransactionText":"In","PaymentReference":"P-1"}
        CustomerPaymentJournalLines {"dataAreaId":"demf","JournalBatchNumber":"P-1","LineNumber":2,"Voucher":"P-1","TransactionDate":"2026-11-02T12:00:00Z","AccountType":"Ledger","AccountDisplayValue":"605100---CC\\-8","DebitAmount":2.00,"CurrencyCode":"EUR","TransactionText":"Fee","PaymentReference":"P-1"}
        CustomerPaymentJournalLines {"dataAreaId":"demf","JournalBatchNumber":"P-1","LineNumber":3,"Voucher":"P-1","TransactionDate":"2026-11-02T12:00:00Z","AccountType":"Cust","AccountDisplayValue":"C-77","CreditAmount":100.00,"CurrencyCode":"EUR","TransactionText":"Paid","PaymentReference":"P-1","MarkedInvoice":"US-2026-0000042","MarkedInvoiceCompany":"demf"}
        """);

    /// <summary>Of a hundred units, so exact that the environment comes to our cents.</summary>
    [Fact]
    public void Each_line_of_a_foreign_document_has_the_rate_by_which_it_comes_to_our_amount()
    {
        var told = Payment with
        {
            Currency = Currency.Of("USD"),
            Books = Currency.Of("EUR"),
            Lines = [.. Payment.Lines.Zip([88.21m, 1.79m, -90m], (line, inBooks) => line with { InBooks = inBooks })],
        };

        var journal = Map().Of(told);

        journal.Lines.Select(line => Rounding.HalfAwayFromZero(line.Amount * line.Rate!.Value / 100m, 8)).ShouldBe([88.21m, 1.79m, -90m]);
        journal.Set.RateField.ShouldBe("ExchangeRate"); // of customer payment journals
        Written(told).ShouldContain("\"CurrencyCode\":\"USD\",\"ExchangeRate\":90.");
        Map().Of(Payment).Lines.ShouldAllBe(line => line.Rate == null);
    }

    [Fact]
    public void An_entry_that_settles_nothing_is_a_general_journal_and_says_what_it_reverses()
    {
        var reversal = Payment with
        {
            Kind = EntryKind.Reversal,
            Key = "R-1",
            Reverses = "P-1",
            Lines = [.. Payment.Lines.Select(line => line with { Amount = -line.Amount, Settles = "" })],
        };

        var journal = Map().Of(reversal);

        journal.Set.ShouldBe(JournalSet.General);
        journal.Description.ShouldBe("reversal R-1 reverses P-1 Bank transfer 4711");
        journal.IsInvoice.ShouldBeFalse();
    }

    [Fact]
    public void An_invoice_that_owes_nothing_stands_on_its_customers_account_all_the_same()
    {
        var nothing = Invoice with { Lines = [new("revenue", 50m, "Plan", "STD"), new("revenue", -50m, "Corrected", "STD")], Taxes = [new("STD", 0.19m, 0m, 0m)], Total = 0m };

        Map().Of(nothing).Lines.Where(line => line.IsCustomer).Select(line => line.Amount).ShouldBe([50m, -50m]);
    }

    [Theory]
    [InlineData("JPY", "1000")]
    [InlineData("EUR", "1000.00")]
    [InlineData("KWD", "1000.000")]
    public void Amounts_have_the_decimals_of_their_currency(string currency, string told) => Written(
        Payment with { Currency = Currency.Of(currency), Lines = [new("cash-clearing", 1000m, ""), new("revenue", -1000m, "")] }).ShouldContain($"\"DebitAmount\":{told},");

    [Fact]
    public void A_disputed_receivable_goes_by_its_posting_profile_and_one_without_is_refused()
    {
        ErpEntry Dispute(string account, string chosen = "") => new(
            EntryKind.Dispute, "D-1", Currency.Of("EUR"), new(2026, 11, 2), "",
            [
                new(account, 10m, "") { CustomerCode = "C-77", ErpCustomerId = "C-77", Account = chosen },
                new("receivable", -10m, "") { CustomerCode = "C-77", ErpCustomerId = "C-77" },
            ]);

        Map().Of(Dispute("disputed-receivable")).Lines.Select(line => line.Profile).ShouldBe(["DISP", ""]);
        Map().Problem(Dispute("bad-debt"))!.Code.ShouldBe("posting-profile-missing");
        Map().Problem(Dispute("receivable", "130900"))!.Code.ShouldBe("posting-profile-missing");
        Map(("posting-profile:130900", "DISP")).Of(Dispute("receivable", "130900")).Lines[0].Profile.ShouldBe("DISP");
    }

    [Theory]
    [InlineData("401100---", "401100")]
    [InlineData("401100-001-022-CC\\-8", "401100")]
    [InlineData("401100", "401100")]
    public void The_main_account_is_the_first_part_of_a_display_value(string display, string account) =>
        new DimensionFormats(["A", "B", "C"], [], '-').MainAccount(display).ShouldBe(account);

    [Fact]
    public void Display_values_that_leave_out_empty_ends_are_the_same_and_others_are_not()
    {
        var formats = new DimensionFormats(["A", "B"], [], '-');

        formats.Same("401100--", "401100").ShouldBeTrue();
        formats.Same("401100-1-", "401100-1").ShouldBeTrue();
        formats.Same("401100-1", "401100--1").ShouldBeFalse();
        formats.Same(formats.Account("4\\01", Sorted("B", "x-y")), "4\\\\01--x\\-y").ShouldBeTrue();
    }

    [Theory]
    [InlineData("posting", "sometimes", "posting")]
    [InlineData("tenant", "", "tenant")]
    [InlineData("token-url", "http://login.example/token", "token-url")] // a secret goes there
    [InlineData("dimension-separator", "--", "dimension-separator")]
    [InlineData("dimension:cost-center", "Colour", "Colour")]
    [InlineData("dimension:colour", "CostCenter", "colour")]
    [InlineData("error:anything", "whatever", "error:anything")]
    [InlineData("no-such-option", "x", "no-such-option")]
    public void A_setting_that_is_not_possible_is_named(string name, string value, string told) =>
        Should.Throw<ArgumentException>(() => Settings((name, value), ("token-url", name == "token-url" ? value : "https://login.example/{tenant}/token")))
            .Message.ShouldContain(told);

    [Fact]
    public void Entra_and_the_scope_follow_from_tenant_and_url()
    {
        var target = DynamicsSandbox.TargetAt(Url, Url);
        var settings = DynamicsSettings.Of(target with
        {
            Options = target.Options.Where(option => option.Key != "token-url").ToDictionary(option => option.Key, option => option.Value, StringComparer.Ordinal),
        });

        settings.TokenUrl.AbsoluteUri.ShouldBe("https://login.microsoftonline.com/sandbox-tenant/oauth2/v2.0/token");
        settings.Scope.ShouldBe("https://contoso.operations.dynamics.com/.default");
    }

    [Theory]
    [InlineData("Warnung: Der Wert 'U19' im Feld 'Mehrwertsteuercode' wurde nicht gefunden.", "tax-code-unknown")]
    [InlineData("Warnung: Der Wert 'c-77' im Feld 'Konto' wurde nicht gefunden.", "customer-unknown")]
    [InlineData("The value '250100' in field 'Main account' is not found in the related table 'Main accounts'.", "account-unknown")]
    [InlineData("Error: Voucher X: Fiscal period 11/1/2026 is not open.", "period-closed")]
    [InlineData("Error: Customer account 'C-77' is on hold.", "customer-blocked")]
    [InlineData("Periode ist gesperrt", "period-closed")] // by the option below
    [InlineData("Something else entirely.", "erp-refused")]
    public void A_refusal_is_known_by_its_words_or_by_what_it_quotes_of_ours(string text, string meaning)
    {
        var settings = Settings(("error:ist gesperrt", "period-closed"));

        DynamicsFindings.Meaning(text, new JournalMap(settings).Of(Invoice), settings).ShouldBe(meaning);
    }

    private static DynamicsSettings Settings(params (string Name, string Value)[] options) => DynamicsSettings.Of(DynamicsSandbox.TargetAt(Url, Url, options));

    private static JournalMap Map(params (string Name, string Value)[] options) => new(Settings(options));

    private static string Written(ErpDocument document) => string.Join(
        '\n', new JournalWriter(Settings()).Operations(Map().Of(document)).Select(operation =>
        {
            operation.Address.Query.ShouldBe("?cross-company=true");
            return $"{operation.Address.Segments[^1]} {Encoding.UTF8.GetString(operation.Json)}";
        }));

    private static Dictionary<string, string> Sorted(string word, string value) => new(StringComparer.Ordinal) { [word] = value };
}
