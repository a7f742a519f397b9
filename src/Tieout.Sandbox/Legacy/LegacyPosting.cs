namespace Tieout.Sandbox.Legacy;

/// <summary>A document as somebody asks for it, or as it stands in the ledger.</summary>
internal sealed record LegacyPosting(string Key, string Kind, string Currency, DateOnly Date, IReadOnlyList<LegacyPostingLine> Lines)
{
    public string Number { get; init; } = "";
    public DateOnly? Due { get; init; }
    public string RefersTo { get; init; } = "";
    public string Text { get; init; } = "";
    public string CustomerReference { get; init; } = "";
}

/// <summary>One line; <paramref name="Type"/> is C, G or T, debit is positive.</summary>
internal sealed record LegacyPostingLine(string Type, string Account, decimal Amount)
{
    public string TaxCode { get; init; } = "";
    public decimal TaxBase { get; init; }
    public string Customer { get; init; } = "";
    public string CustomerCode { get; init; } = "";
    public string Settles { get; init; } = "";
    public DateOnly? Due { get; init; }
    public IReadOnlyList<string> Dimensions { get; init; } = ["", "", ""];
    public string Text { get; init; } = "";
}

/// <summary>A customer of the ERP.</summary>
internal sealed record LegacyCustomer(string Id, string Code, string Name)
{
    public bool Blocked { get; set; }
}

/// <summary>What came of one document: booked under a number, or refused with a code.</summary>
internal sealed record LegacyResult(string Key, string Number, string Code, string Text)
{
    public bool Booked => Code.Length == 0;
}
