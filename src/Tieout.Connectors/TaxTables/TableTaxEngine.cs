using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Domain.Tax;

namespace Tieout.Connectors.TaxTables;

/// <summary>
/// Our own rules and rates behind the port of tax engines. It answers at once and keeps nothing: a document's tax stands in our
/// books, so that committing, looking up and voiding always find what is wanted.
/// </summary>
/// <param name="seller">The legal entity that sells.</param>
/// <param name="table">Rates and territories.</param>
public sealed class TableTaxEngine(Seller seller, TaxTable table) : ITaxEngine
{
    /// <inheritdoc/>
    public Task<QuoteOutcome> Quote(TaxDocument document, IExchangeLog log, CancellationToken cancel) => Task.FromResult(Quote(document));

    /// <inheritdoc/>
    public Task<CommitAnswer> Commit(TaxDocument document, IExchangeLog log, CancellationToken cancel) =>
        Task.FromResult(new CommitAnswer(new DeliveryOutcome.Accepted(Kept(document))));

    /// <inheritdoc/>
    public Task<LookUpOutcome> LookUp(TaxDocument document, IExchangeLog log, CancellationToken cancel) =>
        Task.FromResult<LookUpOutcome>(new LookUpOutcome.Found(Kept(document)));

    /// <inheritdoc/>
    public Task<DeliveryOutcome> Void(TaxDocument document, IExchangeLog log, CancellationToken cancel) =>
        Task.FromResult<DeliveryOutcome>(new DeliveryOutcome.Accepted(Kept(document)));

    /// <inheritdoc/>
    public Task<LookUpOutcome> LookUpVoid(TaxDocument document, IExchangeLog log, CancellationToken cancel) =>
        Task.FromResult<LookUpOutcome>(new LookUpOutcome.Found(Kept(document)));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private QuoteOutcome Quote(TaxDocument document)
    {
        List<TaxDecision> decisions = [];
        foreach (var line in document.Lines)
        {
            var answer = TaxRules.For(new TaxQuestion(seller, document.Buyer, document.TaxCode, line.ProductCategory, line.Period, document.Date), table);
            if (answer is TaxAnswer.Undecided undecided) return new QuoteOutcome.Refused(undecided.Finding);
            decisions.Add(((TaxAnswer.Decided)answer).Decision);
        }
        var taxes = InvoiceTaxes.Of([.. document.Lines.Zip(decisions, (line, decision) => (new Money(line.Amount, document.Currency), decision))]);
        var tax = new decimal[decisions.Count];
        foreach (var row in taxes.Lines) Share(row, document.Lines, decisions, tax);
        return new QuoteOutcome.Quoted(new TaxQuote([.. document.Lines.Select((line, index) => Quoted(line, decisions[index], tax[index]))]));
    }

    // Tax is rounded once for all lines of a code; what each line carries of it adds up to that.
    private static void Share(TaxLine row, IReadOnlyList<TaxDocumentLine> lines, List<TaxDecision> decisions, decimal[] tax)
    {
        if (row.Tax.IsZero) return;
        int[] own = [.. Enumerable.Range(0, lines.Count).Where(index =>
            decisions[index].Code == row.Code && decisions[index].Rate == row.Rate && decisions[index].Category == row.Category && lines[index].Amount != 0)];
        var parts = row.Tax.Split([.. own.Select(index => Math.Abs(lines[index].Amount))]);
        foreach (var (place, index) in own.Index()) tax[index] = parts[place].Amount;
    }

    private static QuotedLine Quoted(TaxDocumentLine line, TaxDecision decision, decimal tax) =>
        new(line.Number, tax, [new QuotedTax(decision.Code, "Country", decision.Rate, line.Amount, tax, decision.Ground)]);

    private static ErpReference Kept(TaxDocument document) => new(document.Number, document.Number);
}
