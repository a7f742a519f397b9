namespace Tieout.Domain.Posting;

/// <summary>Codes of cases about documents that are posted and stay so.</summary>
public static class PostedCases
{
    /// <summary>It is booked, and what it settles in the ERP stays open there.</summary>
    public const string NotSettled = "not-settled-in-erp";
}
