namespace Tieout.Domain.Invoicing;

/// <summary>A line that already stands on an invoice.</summary>
public readonly record struct BookedLine(LineKey Key, decimal Amount);
