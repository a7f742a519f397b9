using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Reconciliation;

namespace Tieout.Connectors.Port;

/// <summary>
/// One ERP tenant, spoken to in its own language. A connector holds no state of ours: it may be asked the same thing twice
/// and has to give the same answer. It never throws for what the outside world does; only cancelling and bugs throw.
/// </summary>
public interface IErpConnector : IAsyncDisposable
{
    /// <summary>How many documents go into one call, and how many calls may run at once, for one company of this ERP.</summary>
    ConnectorLimits Limits { get; }

    /// <summary>
    /// Finds each customer by our code, or creates it. Safe to repeat: a customer that exists is found, not doubled.
    /// Answers in the order asked.
    /// </summary>
    Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel);

    /// <summary>
    /// Delivers documents. Each one gets its own outcome, in the order given: a bad one never takes good ones with it.
    /// A key that the ERP holds already with the same content is <see cref="DeliveryOutcome.AlreadyPosted"/>; with other
    /// content it is refused with code <c>key-taken</c>. An entry's lines are its content by account, customer and amount,
    /// in any order. Throws <see cref="ArgumentException"/> when one call names the same key twice.
    /// </summary>
    Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel);

    /// <summary>
    /// What <see cref="Send"/> would do with the document now, byte for byte, without doing it: only questions leave. Nothing of it
    /// is recorded.
    /// </summary>
    Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel);

    /// <summary>
    /// What <see cref="EnsureCustomers"/> would do about the customer now, byte for byte, without doing it. Nothing of it is recorded.
    /// </summary>
    Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel);

    /// <summary>
    /// Asks under the business keys whether the documents are there, with the content given. Changes nothing, except that a
    /// connector whose ERP books in two steps may finish the second step of a document it finds half done.
    /// </summary>
    Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel);

    /// <summary>
    /// Reads back every booked document of one accounting month whose key starts with one of the series, page by page.
    /// A document the ERP moved to another month than its key's is given with the month it really stands in.
    /// Throws <see cref="ReadBackException"/> when the ERP cannot tell everything.
    /// </summary>
    IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, CancellationToken cancel);

    /// <summary>
    /// What moved on each account of the account rule in one accounting month, over all documents in it, ours or not.
    /// Throws <see cref="ReadBackException"/> when the ERP cannot tell.
    /// </summary>
    Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel);

    /// <summary>
    /// The same over further accounts, as published account rules name them. A connector that cannot ask for those leaves them out;
    /// an account it answers for has its whole movement.
    /// </summary>
    Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, IReadOnlyCollection<string> chosen, CancellationToken cancel) =>
        ReadMovements(month, cancel);
}

/// <summary>How much at once.</summary>
/// <param name="BatchSize">Documents per call.</param>
/// <param name="Slots">Calls at once.</param>
public sealed record ConnectorLimits(int BatchSize, int Slots);

/// <summary>What to read back.</summary>
/// <param name="Series">Beginnings of our business keys, such as <c>US-</c>.</param>
/// <param name="Month">The month our books have the documents in.</param>
public sealed record ReadScope(IReadOnlyList<string> Series, AccountingMonth Month);

/// <summary>
/// A document read back, with what it moved on each account. An entry comes back with net and tax zero, its total what it did
/// to what customers owe, and its customer when it has exactly one line of a customer.
/// </summary>
/// <param name="Document">The document, its customer given by our code.</param>
/// <param name="Movements">Debit positive, credit negative, by the ERP's account code, in the document's currency.</param>
public sealed record HeldDocument(BookDocument Document, IReadOnlyList<AccountMovement> Movements);

/// <summary>An amount on one account.</summary>
/// <param name="Account">The ERP's account code.</param>
/// <param name="Currency">ISO code.</param>
/// <param name="Amount">Debit positive, credit negative.</param>
public sealed record AccountMovement(string Account, string Currency, decimal Amount)
{
    /// <summary>
    /// The same in the currency of the company's books, as the ERP holds it; only of a document read back that ours may have told it for, null for
    /// one that the ERP converts by itself.
    /// </summary>
    public decimal? InBooks { get; init; }
}
