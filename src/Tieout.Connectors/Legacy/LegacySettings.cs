using Tieout.Connectors.Port;

namespace Tieout.Connectors.Legacy;

/// <summary>What both legacy systems read from a target. An option nobody knows is refused: a typing error must not fall back in silence.</summary>
internal sealed class LegacySettings
{
    private const string ErrorPrefix = "error:";
    private const string DimensionPrefix = "dimension:";

    private readonly Dictionary<string, string> _options;
    private readonly Dictionary<string, string> _errors = new(LegacyFindings.DefaultMeanings, StringComparer.Ordinal);

    private readonly Dictionary<string, int> _fields = new(StringComparer.Ordinal)
    {
        [ErpDimension.CostCenter] = 1,
        [ErpDimension.ProfitCenter] = 2,
        [ErpDimension.Project] = 3,
    };

    /// <summary>Reads a target.</summary>
    /// <param name="target">What is configured.</param>
    /// <param name="defaults">The system's own options with their defaults.</param>
    /// <exception cref="ArgumentException">A setting is missing, unknown or not possible; the message names it.</exception>
    public LegacySettings(TargetSettings target, IReadOnlyDictionary<string, string> defaults)
    {
        Target = target;
        _options = new Dictionary<string, string>(defaults, StringComparer.Ordinal);
        if (!LegacyLimits.IsCode(target.Company, 20) || target.Company.Length == 0) throw Wrong("company must be a code of at most 20 characters.");
        foreach (var (name, value) in target.Options)
        {
            if (name.StartsWith(ErrorPrefix, StringComparison.Ordinal)) _errors[name[ErrorPrefix.Length..]] = Meaning(name, value);
            else if (name.StartsWith(DimensionPrefix, StringComparison.Ordinal)) SetDimension(name, value);
            else if (defaults.ContainsKey(name)) _options[name] = value;
            else throw Wrong($"option '{name}' is not known; known are {string.Join(", ", defaults.Keys)}, {DimensionPrefix}<dimension> and {ErrorPrefix}<code>.");
        }
    }

    /// <summary>The target itself.</summary>
    public TargetSettings Target { get; }

    /// <summary>What a code of the ERP means here.</summary>
    public IReadOnlyDictionary<string, string> Errors => _errors;

    /// <summary>An option.</summary>
    public string this[string name] => _options[name];

    /// <summary>Which of the three fields a dimension stands in; 0 for none.</summary>
    public int FieldOf(string dimension) => _fields.GetValueOrDefault(dimension);

    /// <summary>How much at once.</summary>
    public ConnectorLimits Limits => new(Target.BatchSize ?? LegacyLimits.DefaultBatchSize, Target.Slots ?? LegacyLimits.DefaultSlots);

    /// <summary>Says what is wrong with the target.</summary>
    public ArgumentException Wrong(string what) => Wrong(Target, what);

    private static ArgumentException Wrong(TargetSettings target, string what) => new($"Target '{target.Name}': {what}", nameof(target));

    private string Meaning(string name, string value) => LegacyFindings.Meanings.Contains(value, StringComparer.Ordinal)
        ? value
        : throw Wrong($"option '{name}' must be one of {string.Join(", ", LegacyFindings.Meanings)}.");

    private void SetDimension(string name, string value)
    {
        var word = name[DimensionPrefix.Length..];
        if (!ErpDimension.All.Contains(word, StringComparer.Ordinal)) throw Wrong($"option '{name}' must name one of {string.Join(", ", ErpDimension.All)}.");
        if (value is not ("1" or "2" or "3")) throw Wrong($"option '{name}' must be 1, 2 or 3: the field it stands in.");
        // Whoever had the field by default gives it up.
        foreach (var other in _fields.Where(pair => pair.Value == value[0] - '0' && !Target.Options.ContainsKey(DimensionPrefix + pair.Key)).ToList())
            _fields.Remove(other.Key);
        if (_fields.Any(pair => pair.Value == value[0] - '0' && pair.Key != word)) throw Wrong("two dimensions name the same field.");
        _fields[word] = value[0] - '0';
    }
}
