using System.Globalization;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>The edges of invoices: other currencies, cents, the ends of months, taxes that ran out, an ERP that wants to be left alone.</summary>
public abstract partial class ConnectorConformance
{
    /// <summary>Their code of a tax that is no longer in force; null where a tax has no dates in the system.</summary>
    protected abstract string? ExpiredTaxCode { get; }

    [Fact]
    public async Task A_tax_that_ran_out_is_refused()
    {
        var document = Document(await Customer());
        if (ExpiredTaxCode is not { } expired)
        {
            await SendOne<DeliveryOutcome.Accepted>(Connect(), document); // there a tax is an account, whose state another rule looks at
            return;
        }
        var connector = Connect(target => target with
        {
            Taxes = new Dictionary<string, string>(target.Taxes, StringComparer.Ordinal) { ["STD"] = expired },
        });

        Refused(await SendOne<DeliveryOutcome.Refused>(connector, document), "tax-expired");
        Assert.Equal(0, await LedgerCount(document.Key));
    }

    [Fact]
    public async Task A_tax_code_chosen_by_a_rule_goes_before_the_settings()
    {
        var code = CustomerCode();
        var document = Document(await Customer(code), customer: code);
        var chosen = document with { Taxes = [document.Taxes[0] with { TheirCode = CreateTarget().Taxes["STD"] }] };
        var connector = Connect(target => target with
        {
            Taxes = new Dictionary<string, string>(target.Taxes, StringComparer.Ordinal) { ["STD"] = UnknownTaxCode },
        });

        await SendOne<DeliveryOutcome.Accepted>(connector, chosen);

        Assert.Equal(Book(chosen), (await Held(chosen)).Document with { Number = "" });
    }

    [Fact]
    public async Task An_invoice_in_a_foreign_currency_is_read_back_in_its_own()
    {
        var code = CustomerCode();
        var document = Document(await Customer(code), net: 33.33m, customer: code) with { Currency = ForeignCurrency };

        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        await LookUpOne<LookUpOutcome.Found>(document);
        var held = await Held(document);
        Assert.Equal(Book(document), held.Document with { Number = "" });
        Assert.Equal(-33.33m, On(held, CreateTarget().Accounts["revenue"]));
    }

    [Fact]
    public async Task What_a_foreign_invoice_comes_to_in_the_books_is_ours_to_the_cent_where_the_system_takes_it()
    {
        var code = CustomerCode();
        var plain = Document(await Customer(code), net: 33.33m, customer: code); // 6.33 of tax
        var document = plain with
        {
            Currency = ForeignCurrency,
            Books = Currency,
            TotalInBooks = 35.71m,
            Lines = [plain.Lines[0] with { InBooks = 30.01m }],
            Taxes = [plain.Taxes[0] with { InBooks = 5.70m }],
        };

        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        await LookUpOne<LookUpOutcome.Found>(document);
        var (held, target) = (await Held(document), CreateTarget());
        Assert.Equal(Book(document), held.Document with { Number = "" });
        var told = held.Movements.ToDictionary(movement => movement.Account, movement => movement.InBooks, StringComparer.Ordinal);
        if (target.System is "sap-s4hana" or "dynamics-365") Assert.Equal((-30.01m, 35.71m), (told[target.Accounts["revenue"]], told[target.Accounts["receivable"]]));
        else Assert.All(told.Values, Assert.Null); // converted there
    }

    [Theory]
    [InlineData("1.50")] // 28.5 cents of tax: ours rounds away from zero, halves to even would make 28
    [InlineData("-1.50")]
    [InlineData("0.01")] // tax of nothing
    [InlineData("9876543.21")]
    public async Task Every_cent_is_ours_whatever_the_system_would_round_to(string net)
    {
        var code = CustomerCode();
        var document = Document(await Customer(code), net: decimal.Parse(net, CultureInfo.InvariantCulture), customer: code);

        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        Assert.Equal(Book(document), (await Held(document)).Document with { Number = "" });
    }

    [Fact]
    public async Task The_first_and_the_last_day_of_a_month_belong_to_it_and_the_next_does_not()
    {
        var code = CustomerCode();
        var customer = await Customer(code);
        var next = AccountingMonth.Of(Month.FirstDay.AddMonths(1));
        var lastDay = next.FirstDay.AddDays(-1);
        ErpDocument[] documents =
        [
            Document(customer, customer: code), Document(customer, customer: code) with { IssueDate = lastDay, DueDate = lastDay.AddDays(30) },
            Entry(EntryKind.Payment, customer, code) with { Date = lastDay },
            Entry(EntryKind.Payment, customer, code) with { Date = next.FirstDay },
        ];

        foreach (var document in documents) await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        foreach (var (index, document) in documents.Index())
        {
            var inMonth = await HeldUnder(document.Key, new ReadScope([Series], Month));
            var inNext = await HeldUnder(document.Key, new ReadScope([Series], next));
            Assert.Equal((index < 3, index == 3), (inMonth is not null, inNext is not null));
            Assert.Equal(index < 3 ? Month : next, (inMonth ?? inNext)!.Document.Month);
        }
    }

    [Fact]
    public async Task A_storm_of_not_now_loses_nothing_and_doubles_nothing()
    {
        const int calls = 6;
        var customer = await Customer();
        var documents = Enumerable.Range(0, calls).Select(_ => Document(customer)).ToArray();
        var connector = Connect();
        await Inject(Ability.Throttle, calls);

        foreach (var document in documents)
        {
            var outcome = await SendOne<DeliveryOutcome.NotSent>(connector, document);
            Assert.True(outcome.RetryAfter > TimeSpan.Zero);
        }

        foreach (var document in documents)
        {
            await SendOne<DeliveryOutcome.Accepted>(connector, document);
            Assert.Equal(1, await LedgerCount(document.Key));
        }
    }
}
