namespace Tieout.Application.Gateways;

/// <summary>Cases about what a gateway told.</summary>
internal static class GatewayCases
{
    /// <summary>Of <c>exceptions.exception_case.subject_kind</c>.</summary>
    public const string Kind = "gateway";

    /// <summary>Names the event, charge, payout or movement for good.</summary>
    public static string Key(string gateway, string id) => $"{gateway}/{id}";
}
