using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Subscriptions;

/// <summary>
/// How amendments and agreed charge models are written to jsonb. The case of a closed list is named by <c>kind</c>, a price by its
/// id: what a published price says never changes.
/// </summary>
internal sealed class ContentJson
{
    private readonly JsonSerializerOptions _options;

    /// <summary>Prices are looked up in the book; writing or reading one it does not hold throws <see cref="KeyNotFoundException"/>.</summary>
    public ContentJson(PriceBook prices)
    {
        var cases = new DefaultJsonTypeInfoResolver();
        cases.Modifiers.Add(NameCases);
        _options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = cases,
            AllowOutOfOrderMetadataProperties = true, // jsonb keeps its own order of keys
            Converters =
            {
                new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false),
                new PriceConverter(prices), new CurrencyConverter(), new IntervalConverter(),
            },
        };
    }

    public string Write(Change change) => JsonSerializer.Serialize(change, _options);

    public Change ReadChange(string json) => JsonSerializer.Deserialize<Change>(json, _options)!;

    private static void NameCases(JsonTypeInfo type)
    {
        if (type.Type != typeof(Change) && type.Type != typeof(ChargeModel))
        {
            // The kind is the case's own name already.
            if (type.Type.IsAssignableTo(typeof(Change)))
                foreach (var kind in type.Properties.Where(property => property.Name == "kind").ToList()) type.Properties.Remove(kind);
            return;
        }
        type.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "kind" };
        foreach (var kind in type.Properties.Where(property => property.Name == "kind").ToList()) type.Properties.Remove(kind);
        foreach (var nested in type.Type.GetNestedTypes(BindingFlags.Public).Where(nested => nested.IsAssignableTo(type.Type)))
            type.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(nested, JsonNamingPolicy.KebabCaseLower.ConvertName(nested.Name)));
    }

    private sealed class PriceConverter(PriceBook prices) : JsonConverter<Price>
    {
        public override Price Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => prices.Of(reader.GetGuid());

        public override void Write(Utf8JsonWriter writer, Price value, JsonSerializerOptions options) => writer.WriteStringValue(prices.IdOf(value));
    }

    private sealed class CurrencyConverter : JsonConverter<Currency>
    {
        public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Currency.Of(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code);
    }

    private sealed class IntervalConverter : JsonConverter<BillingInterval>
    {
        public override BillingInterval Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var parts = reader.GetString()!.Split(' ');
            return new BillingInterval(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), Words.Parse<IntervalUnit>(parts[1]));
        }

        public override void Write(Utf8JsonWriter writer, BillingInterval value, JsonSerializerOptions options) =>
            writer.WriteStringValue(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value.Count} {Words.Of(value.Unit)}"));
    }
}
