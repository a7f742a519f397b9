using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tieout.Sandbox.OData;

namespace Tieout.Sandbox.Dynamics;

/// <summary>An entity set by its published metadata: what a body may hold, and how its rows are asked for.</summary>
internal sealed class EntitySchema
{
    private readonly Dictionary<string, string> _kinds;
    private readonly Dictionary<string, string[]> _enums;

    private EntitySchema(string set, JsonElement properties)
    {
        Set = set;
        var known = properties.EnumerateObject().Where(property => !property.Name.StartsWith('@')).ToList();
        _enums = known.Where(property => property.Value.TryGetProperty("enum", out _))
            .ToDictionary(property => property.Name, property => Words(property.Value.GetProperty("enum")), StringComparer.Ordinal);
        _kinds = known.ToDictionary(property => property.Name, property => Kind(property.Value), StringComparer.Ordinal);
        Columns = known.ToDictionary(property => property.Name, property => Column(property.Name), StringComparer.Ordinal);
    }

    /// <summary>All sets.</summary>
    public static IReadOnlyDictionary<string, EntitySchema> All { get; } = Load();

    public string Set { get; }

    /// <summary>Properties by name.</summary>
    public IReadOnlyDictionary<string, Column<EntityRow>> Columns { get; }

    /// <summary>Name of the type, as errors tell it.</summary>
    public string Entity => Set switch
    {
        "CustomersV3" => "CustCustomerV3Entity",
        "LedgerJournalHeaders" => "LedgerJournalHeaderEntity",
        "LedgerJournalLines" => "LedgerJournalLineEntity",
        "CustomerPaymentJournalHeaders" => "CustomerPaymentJournalHeaderEntity",
        "CustomerPaymentJournalLines" => "CustomerPaymentJournalLineEntity",
        _ => Set,
    };

    /// <summary>A row from a body, or what does not fit the metadata.</summary>
    public (EntityRow Row, DynamicsProblem? Problem) Read(JsonElement body)
    {
        (EntityRow, DynamicsProblem?) Bad(string text) => (null!, new DynamicsProblem(400, text));

        if (body.ValueKind != JsonValueKind.Object) return Bad("The request body is not an object.");
        var values = ImmutableDictionary.CreateBuilder<string, object>(StringComparer.Ordinal);
        foreach (var property in body.EnumerateObject().Where(property => !property.Name.StartsWith('@')))
        {
            if (!_kinds.TryGetValue(property.Name, out var kind))
                return Bad($"The property '{property.Name}' does not exist on type 'Microsoft.Dynamics.DataEntities.{Entity}'. "
                    + "Make sure to only use property names that are defined by the type.");
            if (property.Value.ValueKind == JsonValueKind.Null) continue;
            if (Value(kind, property.Name, property.Value) is not { } value)
                return Bad($"Cannot convert the value of '{property.Name}' to the expected type '{kind}'.");
            values[property.Name] = value;
        }
        return (new EntityRow(values.ToImmutable()), null);
    }

    /// <summary>A row's value of a property, to sort by.</summary>
    public IComparable Sort(EntityRow row, string property) => _kinds[property] switch
    {
        "number" or "integer" => row.Number(property),
        "date-time" => row.Moment(property),
        _ => row.Text(property),
    };

    private object? Value(string kind, string name, JsonElement value) => kind switch
    {
        "number" or "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : null,
        _ when value.ValueKind != JsonValueKind.String => null,
        "date-time" => DateTimeOffset.TryParseExact(
            value.GetString(), "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null,
        "enum" => _enums[name].Contains(value.GetString(), StringComparer.Ordinal) ? value.GetString() : null,
        _ => value.GetString(),
    };

    private Column<EntityRow> Column(string name) => _kinds[name] switch
    {
        "number" or "integer" => new NumberColumn<EntityRow>(name, row => row.Number(name)),
        "date-time" => new MomentColumn<EntityRow>(name, row => row.Moment(name)),
        // An enumeration always has a value: its first, but No where there is a No.
        "enum" => new EnumColumn<EntityRow>(name, row =>
            row.Text(name) is { Length: > 0 } word ? word : _enums[name].Contains("No", StringComparer.Ordinal) ? "No" : _enums[name][0]),
        _ => new WildcardColumn<EntityRow>(name, row => row.Text(name)),
    };

    private static string Kind(JsonElement property) =>
        property.TryGetProperty("enum", out _) ? "enum"
        : property.TryGetProperty("format", out var format) && format.GetString() == "date-time" ? "date-time"
        : property.GetProperty("type").GetString()!;

    private static string[] Words(JsonElement list) => [.. list.EnumerateArray().Select(word => word.GetString()!)];

    private static Dictionary<string, EntitySchema> Load()
    {
        using var stream = typeof(EntitySchema).Assembly.GetManifestResourceStream("dynamics/dynamics365.openapi.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(schema => schema.Name != "ODataError")
            .ToDictionary(schema => schema.Name, schema => new EntitySchema(schema.Name, schema.Value.GetProperty("properties")), StringComparer.Ordinal);
    }
}
