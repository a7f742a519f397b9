using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Catalog;

/// <summary>
/// Reads and writes a price agreed for one subscription: <c>model</c> (or the short form with <c>unit-price</c>) and <c>terms</c> as
/// in the catalogue. The same form in requests and in the database. Whatever is wrong stays beside what was read, field by field.
/// </summary>
public sealed class AgreedPriceJson : JsonConverter<AgreedPriceRequest>
{
    /// <inheritdoc/>
    public override AgreedPriceRequest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return Of(document.RootElement);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, AgreedPriceRequest value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text);

    /// <summary>The price in a document.</summary>
    public static AgreedPriceRequest Of(JsonElement document)
    {
        List<PriceProblem> problems = [];
        var json = JsonFields.Top(document, problems);
        json.Allow("model", "unit-price", "terms");
        var price = json.IsObject ? PriceJson.Read(json, "plan", 1, described: false, currency: Currency.Of("USD")) : null;
        if (price is null) return new AgreedPriceRequest(new ChargeModel.Flat(0m), null, problems, document.GetRawText());
        if (problems.Count == 0) problems.AddRange(PriceRules.Check(price));
        var terms = json.Find("terms") is null ? null : price.Terms;
        return new AgreedPriceRequest(price.Model, terms, problems, problems.Count == 0 ? Text(price.Model, terms) : document.GetRawText());
    }

    /// <summary>The canonical text.</summary>
    internal static string Text(ChargeModel model, PriceTerms? terms) => Node(model, terms).ToJsonString();

    /// <summary>The canonical form.</summary>
    internal static JsonObject Node(ChargeModel model, PriceTerms? terms)
    {
        var json = new JsonObject { ["model"] = ModelText.Of(model) };
        if (terms is not null) json["terms"] = PriceJson.Of(terms);
        return json;
    }

    /// <summary>What is stored of a component.</summary>
    /// <exception cref="InvalidOperationException">This program cannot read it.</exception>
    internal static (ChargeModel Model, PriceTerms? Terms) Stored(string stored)
    {
        using var document = JsonDocument.Parse(stored);
        var read = Of(document.RootElement);
        return read.Problems.Count == 0
            ? (read.Model, read.Terms)
            : throw new InvalidOperationException($"An agreed price is stored that this program cannot read: {read.Problems[0]}");
    }
}
