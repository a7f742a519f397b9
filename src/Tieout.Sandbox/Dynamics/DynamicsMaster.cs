using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Tieout.Sandbox.Dynamics;

/// <summary>Companies, accounts, dimensions and periods of the stand-in; the customers are rows of their entity set.</summary>
internal sealed class DynamicsMaster
{
    /// <summary>Format of ledger accounts after the main account.</summary>
    public static IReadOnlyList<string> LedgerFormat { get; } = ["BusinessUnit", "Department", "CostCenter"];

    /// <summary>Format of default dimensions.</summary>
    public static IReadOnlyList<string> DefaultFormat { get; } = ["CostCenter", "BusinessUnit"];

    /// <summary>The service user's own company, which is all that is seen without <c>cross-company=true</c>.</summary>
    public const string DefaultCompany = "dat";

    /// <summary>Companies with their accounting currency.</summary>
    public static FrozenDictionary<string, string> Companies { get; } = Known(("usmf", "USD"), ("demf", "EUR"), ("gbsi", "GBP"));

    /// <summary>The chart of accounts they share.</summary>
    public static FrozenSet<string> MainAccounts { get; } = new[]
    {
        "110110", "130100", "130900", "130950", "131100", "131200", "140270", "202100", "202200", "250100", "250200",
        "401100", "401200", "605100", "618900", "801200", "801300", "801500",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Posting profiles with the account they keep customers' debts on; the first is the default.</summary>
    public static FrozenDictionary<string, string> Profiles { get; } = Known((DefaultProfile, "130100"), ("DISP", "130900"));

    public const string DefaultProfile = "GEN";

    /// <summary>Journal names with the set their journals are created through.</summary>
    public static FrozenDictionary<string, string> JournalNames { get; } = Known(("GenJrn", "LedgerJournalHeaders"), ("CustPay", "CustomerPaymentJournalHeaders"));

    public static FrozenSet<string> TaxCodes { get; } = new[] { "U19", "U0", "U7" }.ToFrozenSet(StringComparer.Ordinal);

    public static FrozenSet<string> CustomerGroups { get; } = new[] { "10", "20", "80" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What a hundred units of any foreign currency are worth by the rate entered here: none that anybody else would take.</summary>
    public const decimal OwnRate = 125m;

    /// <summary>Currencies, true for those with an exchange rate.</summary>
    public static FrozenDictionary<string, bool> Currencies { get; } = new Dictionary<string, bool>(StringComparer.Ordinal)
    {
        ["USD"] = true,
        ["EUR"] = true,
        ["GBP"] = true,
        ["JPY"] = true,
        ["CHF"] = false,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, FrozenSet<string>> Dimensions = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal)
    {
        ["BusinessUnit"] = new[] { "001", "002" }.ToFrozenSet(StringComparer.Ordinal),
        ["Department"] = new[] { "022", "023" }.ToFrozenSet(StringComparer.Ordinal),
        ["CostCenter"] = new[] { "007", "CC-8" }.ToFrozenSet(StringComparer.Ordinal), // one with the separator in it
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<(string Company, int Year, int Month), bool> _closed = new();

    public void Close(string company, DateOnly day) => _closed[(company, day.Year, day.Month)] = true;

    public void Open(string company, DateOnly day) => _closed.TryRemove((company, day.Year, day.Month), out _);

    public bool IsClosed(string company, DateTimeOffset day) => _closed.ContainsKey((company, day.Year, day.Month));

    /// <summary>What is wrong with a ledger account's display value; null when nothing is.</summary>
    public static DynamicsProblem? LedgerProblem(string entity, string display)
    {
        var parts = Parts(display);
        if (parts.Count != LedgerFormat.Count + 1)
            return Segments(entity, display, LedgerFormat.Prepend("MainAccount"));
        return MainAccounts.Contains(parts[0])
            ? DimensionProblem(entity, parts.Skip(1), LedgerFormat, "AccountDisplayValue")
            : DynamicsProblem.NotFound(entity, parts[0], "Main account", "Main accounts", "AccountDisplayValue");
    }

    /// <summary>What is wrong with a display value of default dimensions; null when nothing is.</summary>
    public static DynamicsProblem? DefaultProblem(string entity, string display, string field)
    {
        var parts = Parts(display);
        return parts.Count != DefaultFormat.Count
            ? Segments(entity, display, DefaultFormat)
            : DimensionProblem(entity, parts, DefaultFormat, field);
    }

    /// <summary>The parts of a display value; a backslash takes the separator's meaning away.</summary>
    public static IReadOnlyList<string> Parts(string display)
    {
        List<string> parts = [""];
        for (var at = 0; at < display.Length; at++)
            if (display[at] == '\\' && at + 1 < display.Length) parts[^1] += display[++at];
            else if (display[at] == '-') parts.Add("");
            else parts[^1] += display[at];
        return parts;
    }

    private static DynamicsProblem Segments(string entity, string display, IEnumerable<string> format) =>
        DynamicsProblem.Write(entity, $"Error: The number of segments in '{display}' does not match the dimension format ({string.Join('-', format)}).");

    private static DynamicsProblem? DimensionProblem(string entity, IEnumerable<string> values, IReadOnlyList<string> format, string field) =>
        values.Zip(format).FirstOrDefault(pair => pair.First.Length > 0 && !Dimensions[pair.Second].Contains(pair.First)) is { First: { } value, Second: var name }
            ? DynamicsProblem.NotFound(entity, value, name, "Financial dimension values", field)
            : null;

    private static FrozenDictionary<string, string> Known(params (string Key, string Value)[] pairs) =>
        pairs.ToFrozenDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
}
