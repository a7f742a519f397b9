namespace Tieout.Domain.Posting;

/// <summary>A document as the ERP names it.</summary>
/// <param name="Number">What a person finds it by in the ERP, such as <c>US-INV-2026-000001</c> or <c>1010/0100000042/2026</c>.</param>
/// <param name="Id">The ERP's own key for look-ups; may equal the number.</param>
public sealed record ErpReference(string Number, string Id);
