namespace Tieout.Domain.Revenue;

/// <summary>Where the rules come from: the paragraph of ASC 606 and its twin of IFRS 15. Numbers only, no words of theirs.</summary>
internal static class Paragraphs
{
    public const string Distinct = "ASC 606-10-25-19 to 25-22, IFRS 15.27-30";
    public const string Separate = "ASC 606-10-25-12, IFRS 15.20";
    public const string Prospective = "ASC 606-10-25-13(a), IFRS 15.21(a)";
    public const string CatchUp = "ASC 606-10-25-13(b), IFRS 15.21(b)";
    public const string Mixed = "ASC 606-10-25-13(c), IFRS 15.21(c)";
    public const string Modification = "ASC 606-10-25-10, IFRS 15.18";
    public const string OverTime = "ASC 606-10-25-27 and 25-31, IFRS 15.35 and 15.39";
    public const string AtOnce = "ASC 606-10-25-30, IFRS 15.38";
    public const string Price = "ASC 606-10-32-2, IFRS 15.47";
    public const string Estimate = "ASC 606-10-32-8, IFRS 15.53";
    public const string Constraint = "ASC 606-10-32-11, IFRS 15.56";
    public const string RelativePrices = "ASC 606-10-32-31, IFRS 15.76";
    public const string SellingPrice = "ASC 606-10-32-32 to 32-33, IFRS 15.77-78";
    public const string Residual = "ASC 606-10-32-34(c), IFRS 15.79(c)";
    public const string DiscountToSome = "ASC 606-10-32-37, IFRS 15.82";
    public const string DiscountThenResidual = "ASC 606-10-32-38, IFRS 15.83";
    public const string VariableToSome = "ASC 606-10-32-40, IFRS 15.85";
    public const string PriceChange = "ASC 606-10-32-43 to 32-44, IFRS 15.88-89";
    public const string PriceChangeAfterModification = "ASC 606-10-32-45, IFRS 15.90";
    public const string UsageFee = "ASC 606-10-32-40 and 55-65, IFRS 15.85 and 15.B63";
    public const string MaterialRight = "ASC 606-10-55-42 to 55-44, IFRS 15.B40-B42";
    public const string Breakage = "ASC 606-10-55-46 to 55-49, IFRS 15.B44-B47";
    public const string UpfrontFee = "ASC 606-10-55-50 to 55-53, IFRS 15.B48-B51";
    public const string Balances = "ASC 606-10-45-1 to 45-4, IFRS 15.105-108";
    public const string House = "house rule";
}
