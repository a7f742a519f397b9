using System.Net;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Sap;

/// <summary>The ways into SAP that book later, patient enough to hear the confirmation within the delivery.</summary>
public abstract class SapQueuedConformance : SapConformanceTests
{
    protected MemoryConfirmations Door { get; private set; } = null!;

    /// <summary>The way in.</summary>
    protected abstract string Delivery { get; }

    protected override TargetSettings CreateTarget() => TargetWith(("delivery", Delivery), ("confirmation-wait-seconds", "4"));

    protected override IErpConnector CreateConnector(TargetSettings target)
    {
        // A delivery may not wait longer for a confirmation than a call may take.
        if (target.Timeout >= TimeSpan.FromSeconds(4)) return ErpConnectors.Create(target, TimeProvider.System, Door);
        var options = new Dictionary<string, string>(target.Options, StringComparer.Ordinal) { ["confirmation-wait-seconds"] = "0" };
        return ErpConnectors.Create(target with { Options = options }, TimeProvider.System, Door);
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Door = await MemoryConfirmations.Listen(CreateTarget);
        await Sap.Tell("confirmations", new { url = Door.Url });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Door.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override string DeliveryPlace => "queue";

    [Fact]
    public async Task What_took_too_long_to_be_noted_does_not_leave_any_more()
    {
        var (document, clock) = (Document(await Customer()), new JumpingClock());
        await using var connector = ErpConnectors.Create(CreateTarget(), clock, new SlowInbox(Door, clock));

        var late = await SendOne<DeliveryOutcome.NotSent>(connector, document);

        Assert.Contains("took too long", late.Reason, StringComparison.Ordinal);
        await LookUpOne<LookUpOutcome.Absent>(document);
        clock.Noted = TimeSpan.FromSeconds(29);
        await SendOne<DeliveryOutcome.Accepted>(connector, document);
        Assert.Equal(1, await LedgerCount(document.Key));
    }

    protected override async Task BookTwice(ErpInvoice document)
    {
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        await Sap.Tell("tamper/copy", new { companyCode = "1010", reference = document.Key });
    }
}

/// <summary>Wakes up later than it fell asleep.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private TimeSpan _ahead;

    /// <summary>What noting takes.</summary>
    public TimeSpan Noted { get; set; } = TimeSpan.FromSeconds(31);

    public void Jump() => _ahead += Noted;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
}

/// <summary>Takes its time to note what is expected.</summary>
internal sealed class SlowInbox(MemoryConfirmations inner, JumpingClock clock) : IConfirmations
{
    public async Task Expect(string target, IReadOnlyList<ExpectedConfirmation> expected, CancellationToken cancel)
    {
        await inner.Expect(target, expected, cancel);
        clock.Jump();
    }

    public Task<IReadOnlyList<ToldOf>> Told(string target, IReadOnlyList<string> references, CancellationToken cancel) => inner.Told(target, references, cancel);
}

/// <summary>The asynchronous journal entry service.</summary>
public sealed class SapAsynchronousConformanceTests : SapQueuedConformance
{
    protected override string Delivery => "asynchronous";

    [Fact]
    public async Task A_message_is_known_by_its_id_for_as_long_as_the_window_says_and_what_it_booked_is_found_for_ever()
    {
        var document = Document(await Customer());
        await SendOne<DeliveryOutcome.Accepted>(Connect(), document);
        var message = Log.Exchanges.First(one => one.Operation == "journal-entry-request").Request;

        Assert.Equal(HttpStatusCode.InternalServerError, await Again(message));
        await Sap.Tell("keys", new { calls = 0 });
        await LookUpOne<LookUpOutcome.Found>(document);
        await SendOne<DeliveryOutcome.AlreadyPosted>(Connect(), document);
        Assert.Equal(1, await LedgerCount(document.Key));

        // Whoever trusts in the id alone books it a second time now.
        Assert.Equal(HttpStatusCode.Accepted, await Again(message));
        await Eventually(async () => await LedgerCount(document.Key) == 2);
    }

    private async Task<HttpStatusCode> Again(byte[] message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sap/bc/srt/scs_ext/sap/journalentrybulkcreationreques") { Content = new ByteArrayContent(message) };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String("TIEOUT:sandbox"u8));
        using var answer = await Sap.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
