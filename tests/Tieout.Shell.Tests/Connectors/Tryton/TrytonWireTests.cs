using Tieout.Connectors.Port;
using Tieout.Domain.Posting;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>Tryton books in two steps over a wire that breaks: whatever is lost where, an invoice is booked once.</summary>
public sealed class TrytonWireTests(TrytonFixture tryton) : TrytonStory(tryton)
{
    private const string Create = "account.invoice.create";
    private const string Post = "account.invoice.post";

    private static readonly DateOnly Day = new(2027, 1, 4);

    [Fact]
    public async Task A_draft_that_comes_after_we_gave_up_is_absent_at_first_and_then_booked_once()
    {
        var connector = await ConnectImpatient("DE");
        var document = Document("DE", await Customer("C-STORY"), Day);
        Erp.Proxy.Next(Create, WireFault.DeliverLate);

        await Send<DeliveryOutcome.NoAnswer>(connector, document);
        await Eventually.True(async () => (await Erp.Invoices(document.Key)).Count == 1, "the draft is there");

        var found = await LookUp<LookUpOutcome.Found>(connector, document);
        Assert.Equal(found.Document, (await LookUp<LookUpOutcome.Found>(connector, document)).Document);
        Assert.Equal(found.Document, (await Send<DeliveryOutcome.AlreadyPosted>(connector, document)).Document);
        Assert.Equal(1, await Erp.Booked(document.Key));
        Assert.Single(await Erp.Invoices(document.Key));
    }

    [Fact]
    public async Task A_post_that_never_arrived_leaves_a_draft_that_the_look_up_finishes()
    {
        var connector = await ConnectImpatient("DE");
        var customer = await Customer("C-STORY");
        ErpInvoice[] documents = [Document("DE", customer, Day), Document("DE", customer, Day)];
        Erp.Proxy.Next(Post, WireFault.Swallow);

        Assert.All(await connector.Send(documents, Log, CancellationToken.None), outcome => Assert.IsType<DeliveryOutcome.NoAnswer>(outcome));
        Assert.Equal(0, await Erp.Booked(documents[0].Key));

        Assert.All(await connector.LookUp(documents, Log, CancellationToken.None), outcome => Assert.IsType<LookUpOutcome.Found>(outcome));
        Assert.Equal(1, await Erp.Booked(documents[0].Key));
    }

    [Fact]
    public async Task A_draft_left_behind_is_finished_by_sending_again()
    {
        var connector = Connect("DE");
        var document = Document("DE", await Customer("C-STORY"), Day);
        Erp.Proxy.Next(Post, WireFault.ServerError);

        await Send<DeliveryOutcome.NoAnswer>(connector, document);
        await Send<DeliveryOutcome.Accepted>(connector, document);

        Assert.Single(await Erp.Invoices(document.Key));
    }

    [Fact]
    public async Task A_lock_lost_to_somebody_else_is_not_sent_and_leaves_nothing_behind()
    {
        var connector = Connect("DE");
        var document = Document("DE", await Customer("C-STORY"), Day);
        Erp.Proxy.Next(Post, WireFault.LockLost);

        await Send<DeliveryOutcome.NotSent>(connector, document);

        Assert.Empty(await Erp.Invoices(document.Key));
        await Send<DeliveryOutcome.Accepted>(connector, document);
    }

    [Fact]
    public async Task A_server_error_at_the_creation_is_no_answer_and_then_absent()
    {
        var connector = Connect("DE");
        var document = Document("DE", await Customer("C-STORY"), Day);
        Erp.Proxy.Next(Create, WireFault.ServerError);

        await Send<DeliveryOutcome.NoAnswer>(connector, document);
        await LookUp<LookUpOutcome.Absent>(connector, document);
    }

    [Fact]
    public async Task An_error_nobody_foresaw_after_the_drafts_were_made_does_not_make_them_twice()
    {
        var connector = Connect("DE");
        var customer = await Customer("C-STORY");
        ErpInvoice[] documents = [Document("DE", customer, Day), Document("DE", customer, Day)];
        Erp.Proxy.Next(Create, WireFault.PythonErrorAfter);

        Assert.All(await connector.Send(documents, Log, CancellationToken.None), outcome => Assert.IsType<DeliveryOutcome.Accepted>(outcome));

        foreach (var document in documents) Assert.Single(await Erp.Invoices(document.Key));
    }

    [Fact]
    public async Task A_session_that_ended_is_renewed_and_the_call_repeated_once()
    {
        var connector = Connect("DE");
        var document = Document("DE", await Customer("C-STORY"), Day);
        await LookUp<LookUpOutcome.Absent>(connector, document);
        Erp.Proxy.Forget();
        Erp.Proxy.Next(Post, WireFault.EndSession);

        await Send<DeliveryOutcome.Accepted>(connector, document);

        Assert.Equal(1, Erp.Proxy.Methods.Count(method => method == "common.db.login"));
        Assert.Equal(2, Erp.Proxy.Methods.Count(method => method == Post));
    }

    [Fact]
    public async Task Many_callers_whose_session_ended_log_in_once()
    {
        var connector = Connect("DE");
        var document = Document("DE", "1", Day);
        await LookUp<LookUpOutcome.Absent>(connector, document);
        Erp.Proxy.Forget();
        for (var call = 0; call < 4; call++) Erp.Proxy.Next("account.invoice.search_read", WireFault.EndSession);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LookUp<LookUpOutcome.Absent>(connector, document)));

        Assert.Equal(1, Erp.Proxy.Methods.Count(method => method == "common.db.login"));
    }

    [Fact]
    public async Task Nothing_is_sent_after_silence_and_what_was_not_created_is_not_in_doubt()
    {
        var customer = await Customer("C-STORY");
        // The bad one makes the connector halve the batch; the first half then gets no answer.
        var target = Erp.Target("DE");
        var connector = Connect(target with
        {
            Accounts = new Dictionary<string, string>(target.Accounts, StringComparer.Ordinal) { ["deferred-revenue"] = "2210" },
        });
        ErpInvoice[] documents = [Document("DE", customer, Day), Document("DE", customer, Day, ledger: "deferred-revenue")];
        Erp.Proxy.Next(Create, WireFault.WebPage, after: Create);

        var outcomes = await connector.Send(documents, Log, CancellationToken.None);

        Assert.IsType<DeliveryOutcome.NoAnswer>(outcomes[0]);
        Assert.IsType<DeliveryOutcome.NotSent>(outcomes[1]);
        await LookUp<LookUpOutcome.Found>(connector, documents[0]);
    }
}
