using System.Runtime.CompilerServices;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Legacy.Files;

/// <summary>
/// An ERP that takes batch files from a folder and answers with files. A delivery waits for its acknowledgement as long as the target's time-out;
/// after that its documents are in doubt, and the look-up follows their file. See docs/legacy.md.
/// </summary>
internal sealed partial class LegacyFilesConnector : IErpConnector
{
    /// <summary>How a target names this system.</summary>
    public const string SystemName = "legacy-files";

    private static readonly DryRunRules DryRules = new(
        operation => operation == "look-up",
        [
            new VaryingPart("H: number, date and time", "(?m)^H[^\n]*"),
            new VaryingPart("Z: seal", "(?m)^Z[^\n]*"),
        ],
        "The ERP takes the file from the outbox and answers with an acknowledgement; until then its documents are in doubt.");

    private readonly FilesSettings _settings;
    private readonly DropFolder _folder;
    private readonly LegacyMap _map;
    private readonly FilesLookUp _lookUp;
    private readonly FilesDelivery _delivery;
    private readonly FilesCustomers _customers;

    public LegacyFilesConnector(FilesSettings settings, TimeProvider clock)
    {
        (_settings, _folder, _map) = (settings, new DropFolder(settings), new LegacyMap(settings.Common, settings.Codec.Encoding));
        _lookUp = new FilesLookUp(settings, _folder, _map, clock);
        _delivery = new FilesDelivery(settings, _folder, _lookUp, clock);
        _customers = new FilesCustomers(settings, _folder, _delivery);
    }

    /// <inheritdoc/>
    public ConnectorLimits Limits => _settings.Common.Limits;

    /// <inheritdoc/>
    public Task<IReadOnlyList<CustomerOutcome>> EnsureCustomers(IReadOnlyList<ErpCustomer> customers, IExchangeLog log, CancellationToken cancel) =>
        _customers.Ensure(customers, log, cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeliveryOutcome>> Send(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var batch = new DeliveryBatch(documents, "the ERP would book both.");
        batch.Refuse(_map.Problem);
        await batch.Look(open => _lookUp.Run(open, sending: true, log, cancel));
        if (batch.Open.Count == 0) return batch.Result();
        try
        {
            _delivery.Tidy();
        }
        catch (Exception trouble) when (IsOfFiles(trouble))
        {
            batch.Fill(batch.Open, new DeliveryOutcome.NotSent($"The exchange cannot be used: {trouble.Message}"));
        }
        await Deliver(batch, batch.Open, log, cancel);
        return batch.Result();
    }

    /// <inheritdoc/>
    public Task<DryRun> DryRun(ErpDocument document, CancellationToken cancel) => DryRules.Run(this, document, cancel);

    /// <inheritdoc/>
    public Task<CustomerDryRun> DryRunCustomer(ErpCustomer customer, CancellationToken cancel) => DryRules.Run(this, customer, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<LookUpOutcome>> LookUp(IReadOnlyList<ErpDocument> documents, IExchangeLog log, CancellationToken cancel) =>
        _lookUp.Run(documents, sending: false, log, cancel);

    /// <inheritdoc/>
    /// <remarks>By the posting date, which is the day we sent. Reading a local export waits for nobody.</remarks>
    public async IAsyncEnumerable<HeldDocument> ReadDocuments(ReadScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        if (scope.Series.Count == 0) yield break;
        using var pages = OrReadBack(() => Exports().Documents(scope.Month).GetEnumerator());
        while (OrReadBack(pages.MoveNext))
        {
            cancel.ThrowIfCancellationRequested();
            if (scope.Series.Any(start => pages.Current.Key.StartsWith(start, StringComparison.Ordinal))) yield return HeldLegacy.Of(pages.Current);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccountMovement>> ReadMovements(AccountingMonth month, CancellationToken cancel)
    {
        var accounts = _settings.Target.Accounts.Values.ToHashSet(StringComparer.Ordinal);
        return Task.FromResult(OrReadBack(() => Movements.Of(Exports().Documents(month), accounts)));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ErpExports Exports()
    {
        _folder.Open();
        return ErpExports.Load(_folder, _settings.Codec);
    }

    private static T OrReadBack<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception trouble) when (IsOfFiles(trouble))
        {
            throw new ReadBackException($"The ERP's files do not tell everything: {trouble.Message}", trouble);
        }
    }

    private static bool IsOfFiles(Exception trouble) => trouble is FormatException or IOException or UnauthorizedAccessException;

    private async Task Deliver(DeliveryBatch batch, IReadOnlyList<int> open, IExchangeLog log, CancellationToken cancel)
    {
        if (open.Count == 0) return;
        List<LegacyDocument> documents = [.. open.Select(index => _map.Of(batch.Documents[index]))];
        switch (await _delivery.Run(BatchFile.OfDocuments, "file-post", head => BatchFile.Documents(head, documents), log, cancel))
        {
            case FilesDelivery.Outcome.NeverLeft never: batch.Fill(open, new DeliveryOutcome.NotSent(never.Reason)); break;
            case FilesDelivery.Outcome.Silent silent: batch.Fill(open, new DeliveryOutcome.NoAnswer(silent.Reason)); break;
            case FilesDelivery.Outcome.Answered { Answer: { NumberTaken: true, IsComplete: false } } taken:
                batch.Fill(open, new DeliveryOutcome.NotSent($"The ERP had taken another file under number {taken.Sequence}; the next delivery goes on behind it."));
                break;
            case FilesDelivery.Outcome.Answered { Answer.Refused: { Code: "FORMAT" } refused } when open.Count > 1:
                // Nothing was booked, and one document may be to blame for all: halve until it stands alone.
                await Deliver(batch, [.. open.Take(open.Count / 2)], log, cancel);
                await Deliver(batch, [.. open.Skip(open.Count / 2)], log, cancel);
                break;
            case FilesDelivery.Outcome.Answered { Answer.Refused: { Code: "FORMAT" } refused }:
                batch[open[0]] = new DeliveryOutcome.Refused(new Finding(
                    ExceptionCategory.Data, "not-valid-for-erp", "The document does not fit the file format of the ERP.",
                    "Read the technical text for the field; correct it where it comes from, and replay.", refused.Text));
                break;
            case FilesDelivery.Outcome.Answered { Answer.Refused: { } refused } whole:
                batch.Fill(open, new DeliveryOutcome.NotSent($"The ERP refused file {whole.Sequence} as a whole: {refused.Code} {refused.Text}", refused.Wait));
                break;
            case FilesDelivery.Outcome.Answered answered:
                foreach (var index in open) batch[index] = Outcome(answered, batch.Documents[index].Key);
                break;
        }
    }

    private DeliveryOutcome Outcome(FilesDelivery.Outcome.Answered answered, string key) => answered.Answer[key] switch
    {
        { Booked: true, Number.Length: > 0 } line => new DeliveryOutcome.Accepted(new ErpReference(line.Number, line.Number)),
        { Booked: false } line => new DeliveryOutcome.Refused(LegacyFindings.Of(_settings.Common, line.Code, line.Text)),
        _ => new DeliveryOutcome.NoAnswer($"The acknowledgement of file {answered.Sequence} says nothing certain about it."),
    };
}
