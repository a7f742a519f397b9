using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Sap;

/// <summary>What SAP says it has booked at once counts as posted once SAP shows it.</summary>
public sealed class SapConfirmationTests : IAsyncLifetime
{
    private readonly MemoryExchangeLog _log = new();
    private SapSandbox _sap = null!;

    private string _customer = "";

    public async ValueTask InitializeAsync()
    {
        _sap = await SapSandbox.Start();
        await using var sap = Connect();
        var known = await sap.EnsureCustomers([new ErpCustomer("C-1", "Example Works Ltd", "DE", "EUR")], new MemoryExchangeLog(), CancellationToken.None);
        _customer = known.Single().ShouldBeOfType<CustomerOutcome.Present>().ErpId;
    }

    public ValueTask DisposeAsync() => _sap.DisposeAsync();

    [Fact]
    public async Task What_is_shown_is_posted_with_one_question_for_all_documents_of_the_call()
    {
        await using var sap = Connect(("look-before-send", "false"));
        var outcomes = await Send(sap, "T-1", "T-2"); // six items: one page of the stand-in
        outcomes.ShouldAllBe(outcome => outcome is DeliveryOutcome.Accepted);
        _log.Exchanges.Count.ShouldBe(2);
        _log.Exchanges[1].Operation.ShouldBe("look-up");
    }

    [Fact]
    public async Task A_number_that_stands_for_nothing_is_told_to_a_person_and_its_document_is_sent_anew_only_when_that_person_says_so()
    {
        await using var sap = Connect();
        await Fault("confirmation-false", "post");
        var gone = (await Send(sap, "T-1")).Single().ShouldBeOfType<DeliveryOutcome.Refused>().Finding;
        gone.Code.ShouldBe("confirmed-not-found");
        (await _sap.Items("T-1", ofCustomers: false)).ShouldBeEmpty();
        (await Send(sap, "T-1")).Single().ShouldBeOfType<DeliveryOutcome.Accepted>();
    }

    [Fact]
    public async Task Of_several_only_the_one_that_is_not_shown_is_held()
    {
        await using var sap = Connect();
        await Send(sap, "T-1");
        await Fault("confirmation-false", "post");
        var outcomes = await Send(sap, "T-1", "T-2");
        outcomes[0].ShouldBeOfType<DeliveryOutcome.AlreadyPosted>();
        outcomes[1].ShouldBeOfType<DeliveryOutcome.Refused>();
    }

    [Fact]
    public async Task A_read_back_without_an_answer_leaves_it_in_doubt_and_the_look_up_finds_it()
    {
        await using var sap = Connect(("look-before-send", "false"));
        await Fault("malformed-answer", "read");
        (await Send(sap, "T-1")).Single().ShouldBeOfType<DeliveryOutcome.NoAnswer>().Taken.ShouldBeTrue();
        (await sap.LookUp([Invoice("T-1")], _log, CancellationToken.None)).Single().ShouldBeOfType<LookUpOutcome.Found>();
    }

    [Fact]
    public async Task Booked_twice_by_somebody_else_is_seen_at_once()
    {
        await using var sap = Connect(("look-before-send", "false"), ("confirm", "false"));
        await Send(sap, "T-1");
        await using var careful = Connect(("look-before-send", "false"));
        (await Send(careful, "T-1")).Single().ShouldBeOfType<DeliveryOutcome.NoAnswer>();
        (await careful.LookUp([Invoice("T-1")], _log, CancellationToken.None)).Single().ShouldBeOfType<LookUpOutcome.Conflict>();
    }

    [Fact]
    public async Task Nobody_has_to_read_back()
    {
        await using var sap = Connect(("confirm", "false"));
        await Fault("confirmation-false", "post");
        (await Send(sap, "T-1")).Single().ShouldBeOfType<DeliveryOutcome.Accepted>();
        Should.Throw<ArgumentException>(() => Connect(("confirm", "yes"))).Message.ShouldContain("'confirm' must be true or false");
    }

    private IErpConnector Connect(params (string Name, string Value)[] options) => ErpConnectors.Create(_sap.Target(options), TimeProvider.System);

    private Task Fault(string kind, string on) => _sap.Tell("faults", new { kind, count = 1, on });

    private Task<IReadOnlyList<DeliveryOutcome>> Send(IErpConnector sap, params string[] keys) =>
        sap.Send([.. keys.Select(Invoice)], _log, CancellationToken.None);

    private ErpInvoice Invoice(string key) => new(
        key, "C-1", _customer, Currency.Of("EUR"), new(2026, 11, 1), new(2026, 12, 1), 30,
        [new ErpLine("revenue", 100m, "Subscription 11/2026", "STD")], [new ErpTax("STD", 0.19m, 100m, 19m)], 119m);
}
