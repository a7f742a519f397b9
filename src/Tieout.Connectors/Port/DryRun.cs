using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Port;

/// <summary>
/// What a connector would do with a document now: it asks the ERP what it always asks before it sends, and stops in front of the
/// first request that would change something there.
/// </summary>
public abstract record DryRun
{
    private DryRun() { }

    /// <summary>This would leave.</summary>
    /// <param name="Operation">The connector's word for the request, as in the evidence of an attempt.</param>
    /// <param name="Request">
    /// Byte for byte what the evidence of the attempt will hold. Log-in, session and headers are never part of it.
    /// </param>
    /// <param name="Varies">What is another each time, because it is made of a clock or of chance; empty where nothing is.</param>
    /// <param name="Then">What follows when the ERP takes it.</param>
    public sealed record WouldSend(string Operation, ReadOnlyMemory<byte> Request, IReadOnlyList<VaryingPart> Varies, string Then) : DryRun;

    /// <summary>Nothing would leave: the ERP holds the document.</summary>
    public sealed record AlreadyPosted(ErpReference Document) : DryRun;

    /// <summary>Nothing would leave: the connector refuses it, for this reason.</summary>
    public sealed record WouldRefuse(Finding Finding) : DryRun;

    /// <summary>The ERP could not be asked what has to be known first.</summary>
    public sealed record Unknown(string Reason) : DryRun;
}

/// <summary>What a connector would do about a customer before a document of it goes.</summary>
public abstract record CustomerDryRun
{
    private CustomerDryRun() { }

    /// <summary>Nothing: the ERP has it, under this id of its own.</summary>
    public sealed record Present(string ErpId) : CustomerDryRun;

    /// <summary>The document does not go before this is done; never <see cref="DryRun.AlreadyPosted"/>.</summary>
    public sealed record Before(DryRun What) : CustomerDryRun;
}

/// <summary>A part of a request that is another in each call.</summary>
/// <param name="Name">How the vendor calls it.</param>
/// <param name="Pattern">A regular expression that finds it.</param>
public sealed record VaryingPart(string Name, string Pattern);

/// <summary>How a connector's requests are told apart, so that a dry run stops in front of the right one.</summary>
/// <param name="Asks">Whether an operation only asks. Whatever is not known to ask is taken to change something.</param>
/// <param name="Varies">Of the request that carries a document.</param>
/// <param name="Then">What follows it.</param>
internal sealed record DryRunRules(Func<string, bool> Asks, IReadOnlyList<VaryingPart> Varies, string Then)
{
    private const string ThenTheDocument = "The ERP has the customer then and answers with its id; the document goes after it.";

    /// <summary>Sends into a log that lets questions pass and throws at the first request that does not only ask.</summary>
    public async Task<DryRun> Run(IErpConnector connector, ErpDocument document, CancellationToken cancel)
    {
        var log = new DryRunLog(Asks);
        IReadOnlyList<DeliveryOutcome> outcomes;
        try
        {
            outcomes = await connector.Send([document], log, cancel);
        }
        catch (DryRunStoppedException)
        {
            return new DryRun.WouldSend(log.Operation, log.Request, [.. Varies.Where(part => part.IsIn(log.Request.Span))], Then);
        }
        return outcomes[0] switch
        {
            DeliveryOutcome.AlreadyPosted already => new DryRun.AlreadyPosted(already.Document),
            DeliveryOutcome.Refused refused => new DryRun.WouldRefuse(refused.Finding),
            DeliveryOutcome.NotSent not => new DryRun.Unknown(not.Reason),
            DeliveryOutcome.NoAnswer silent => new DryRun.Unknown(silent.Reason),
            _ => throw Announced(),
        };
    }

    /// <summary>The same for a customer that is to be found or created.</summary>
    public async Task<CustomerDryRun> Run(IErpConnector connector, ErpCustomer customer, CancellationToken cancel)
    {
        var log = new DryRunLog(operation => Asks(operation) || operation.EndsWith("-find", StringComparison.Ordinal));
        IReadOnlyList<CustomerOutcome> outcomes;
        try
        {
            outcomes = await connector.EnsureCustomers([customer], log, cancel);
        }
        catch (DryRunStoppedException)
        {
            return new CustomerDryRun.Before(new DryRun.WouldSend(
                log.Operation, log.Request, [.. Varies.Where(part => part.IsIn(log.Request.Span))], ThenTheDocument));
        }
        return outcomes[0] switch
        {
            CustomerOutcome.Present present => new CustomerDryRun.Present(present.ErpId),
            CustomerOutcome.Refused refused => new CustomerDryRun.Before(new DryRun.WouldRefuse(refused.Finding)),
            CustomerOutcome.NotNow not => new CustomerDryRun.Before(new DryRun.Unknown(not.Reason)),
            _ => throw Announced(),
        };
    }

    private static InvalidOperationException Announced() => new("A dry run has sent something: a request was not announced before it left.");
}
