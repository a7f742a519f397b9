using System.Collections.Concurrent;

namespace Tieout.Sandbox.AvaTax;

/// <summary>The tax of one line in one jurisdiction.</summary>
internal sealed record AvaTaxPart(string Country, string Region, string JurisName, string JurisdictionType, decimal Rate, decimal TaxableAmount, decimal Tax);

/// <summary>A line as told, with its tax.</summary>
internal sealed record AvaTaxLine(string Number, decimal Amount, string TaxCode, decimal Tax, decimal TaxCalculated, IReadOnlyList<AvaTaxPart> Parts);

/// <summary>A transaction; a new version replaces the one before.</summary>
internal sealed record AvaTaxDocument(
    long Id, string Company, string Code, string Type, string Status, string Date, string CustomerCode, string Currency, int Version, bool Locked,
    IReadOnlyList<AvaTaxLine> Lines)
{
    /// <summary>The day whose rates count; the document's own unless an override says otherwise.</summary>
    public string TaxDate { get; init; } = Date;

    /// <summary>What the answer says beside the truth, when a fault was asked for.</summary>
    public decimal WrongBy { get; init; }

    public decimal TotalAmount => Lines.Sum(line => line.Amount);

    public decimal TotalTax => Lines.Sum(line => line.Tax);

    public decimal TotalTaxCalculated => Lines.Sum(line => line.TaxCalculated);
}

/// <summary>The stand-in's own memory, which knows nothing of ours: what is kept under which code, and how often it was written.</summary>
internal sealed class AvaTaxLedger
{
    private readonly ConcurrentDictionary<(string Company, string Code, string Type), AvaTaxDocument> _kept = new();
    private long _lastId = 1_000;

    /// <summary>Writes a document; whatever stood under its code is replaced by a higher version.</summary>
    public AvaTaxDocument Keep(AvaTaxDocument document) => _kept.AddOrUpdate(
        (document.Company, document.Code, document.Type),
        _ => document with { Id = Interlocked.Increment(ref _lastId), Version = 1 },
        (_, before) => document with { Id = before.Id, Version = before.Version + 1 });

    public AvaTaxDocument? Find(string company, string code, string type) => _kept.GetValueOrDefault((company, code, type));

    /// <summary>Changes a document in place; null when there is none.</summary>
    public AvaTaxDocument? Change(string company, string code, string type, Func<AvaTaxDocument, AvaTaxDocument> change)
    {
        if (Find(company, code, type) is not { } before) return null;
        var after = change(before);
        _kept[(company, code, type)] = after;
        return after;
    }

    /// <summary>All of it, by code: the witness of what was told how often.</summary>
    public IReadOnlyList<AvaTaxDocument> All => [.. _kept.Values.OrderBy(document => document.Code, StringComparer.Ordinal)];
}
