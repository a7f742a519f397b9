using System.Text;
using System.Text.RegularExpressions;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>Dry runs: they show what would leave, and nothing leaves.</summary>
public abstract partial class ConnectorConformance
{
    [Fact]
    public async Task A_dry_run_shows_byte_for_byte_what_is_then_sent_and_sends_nothing_itself()
    {
        var invoice = Document(await Customer()) with { Reference = "PO 4500-17" };

        await ShowsWhatIsSent(invoice);
        await ShowsWhatIsSent(Document(invoice.ErpCustomerId, net: -25m));
    }

    [Fact]
    public async Task A_dry_run_of_an_entry_shows_byte_for_byte_what_is_then_sent()
    {
        var code = CustomerCode();
        await ShowsWhatIsSent(Entry(EntryKind.WriteOff, await Customer(code), code));
    }

    [Fact]
    public async Task A_dry_run_of_what_is_booked_tells_the_number_and_would_send_nothing()
    {
        var document = Document(await Customer());
        var accepted = await SendOne<DeliveryOutcome.Accepted>(Connect(), document);

        var again = await Connect().DryRun(document, CancellationToken.None);
        if (KnowsKeysWhenSending) Assert.Equal(accepted.Document, Assert.IsType<DryRun.AlreadyPosted>(again).Document);
        else Assert.IsType<DryRun.WouldSend>(again); // as a delivery would
    }

    [Fact]
    public async Task A_dry_run_refuses_in_the_same_words_as_a_delivery()
    {
        var document = Document(await Customer(), lines: [new ErpLine("revenue", 100.001m, "Too fine", "STD")]);

        var refused = Assert.IsType<DryRun.WouldRefuse>(await Connect().DryRun(document, CancellationToken.None));
        Assert.Equal(refused.Finding, (await SendOne<DeliveryOutcome.Refused>(Connect(), document)).Finding);
    }

    [Fact]
    public async Task A_dry_run_against_a_system_out_of_reach_says_so_or_needs_no_question()
    {
        var document = Document(await Customer());
        var answer = await Connect(target => target with { Url = NobodyThere() }).DryRun(document, CancellationToken.None);
        Assert.True(answer is DryRun.Unknown { Reason.Length: > 0 } or DryRun.WouldSend);
        Assert.Equal(0, await LedgerCount(document.Key));
    }

    [Fact]
    public async Task A_dry_run_of_an_unknown_customer_shows_what_is_then_sent_and_of_a_known_one_its_id()
    {
        var customer = new ErpCustomer(CustomerCode(), "Example Works Ltd", "DE", Currency.Code);
        var before = Assert.IsType<CustomerDryRun.Before>(await Connect().DryRunCustomer(customer, CancellationToken.None));
        var shown = Assert.IsType<DryRun.WouldSend>(before.What);
        Assert.IsType<CustomerDryRun.Before>(await Connect().DryRunCustomer(customer, CancellationToken.None)); // it was not created

        var log = new MemoryExchangeLog();
        var present = Assert.IsType<CustomerOutcome.Present>(Assert.Single(await Connect().EnsureCustomers([customer], log, CancellationToken.None)));
        var sent = log.Exchanges.First(one => one.Operation == shown.Operation).Request;
        Assert.Equal(Still(sent, shown.Varies), Still(shown.Request.ToArray(), shown.Varies));
        Assert.True(Contains(sent, customer.Code));

        if (KnowsCustomersWhenAsked)
            Assert.Equal(present.ErpId, Assert.IsType<CustomerDryRun.Present>(await Connect().DryRunCustomer(customer, CancellationToken.None)).ErpId);
    }

    private async Task ShowsWhatIsSent(ErpDocument document)
    {
        var shown = Assert.IsType<DryRun.WouldSend>(await Connect().DryRun(document, CancellationToken.None));
        Assert.Equal(0, await LedgerCount(document.Key));
        await LookUpOne<LookUpOutcome.Absent>(document);

        var log = new MemoryExchangeLog();
        Assert.IsType<DeliveryOutcome.Accepted>(Assert.Single(await Connect().Send([document], log, CancellationToken.None)));
        var sent = log.Exchanges.First(one => one.Operation == shown.Operation).Request;
        if (shown.Varies.Count == 0) Assert.Equal(sent, shown.Request.ToArray());
        Assert.Equal(Still(sent, shown.Varies), Still(shown.Request.ToArray(), shown.Varies));
        Assert.False(Contains(shown.Request.ToArray(), CreateTarget().Password));
        if (document.Reference.Length > 0) Assert.True(Contains(shown.Request.ToArray(), document.Reference));
    }

    // What varies is blanked by its name, so that all the rest is compared byte for byte.
    private static byte[] Still(byte[] request, IReadOnlyList<VaryingPart> varies) => Encoding.UTF8.GetBytes(varies.Aggregate(
        Encoding.UTF8.GetString(request),
        (text, part) => Regex.Replace(text, part.Pattern, $"({part.Name})", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))));
}
