using System.Collections.ObjectModel;

namespace Tieout.Connectors.Port;

/// <summary>Our words for what a line may be sorted by beside its account. Values are the ERP's own.</summary>
public static class ErpDimension
{
    /// <summary>Where a cost arises.</summary>
    public const string CostCenter = "cost-center";

    /// <summary>Which part of the business earns it.</summary>
    public const string ProfitCenter = "profit-center";

    /// <summary>The project it belongs to.</summary>
    public const string Project = "project";

    /// <summary>Where it is sold.</summary>
    public const string Region = "region";

    /// <summary>The department it belongs to.</summary>
    public const string Department = "department";

    /// <summary>A free sorting of the ERP's, such as NetSuite's class.</summary>
    public const string Class = "class";

    /// <summary>The place it belongs to.</summary>
    public const string Location = "location";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [CostCenter, ProfitCenter, Project, Region, Department, Class, Location];

    /// <summary>A line without any.</summary>
    public static IReadOnlyDictionary<string, string> None { get; } = ReadOnlyDictionary<string, string>.Empty;
}
