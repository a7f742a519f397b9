using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tieout.Application.Catalog;
using Tieout.Domain;

namespace Tieout.Api;

/// <summary>How our values look in JSON: decimals are strings, so that no reader turns money into floating point.</summary>
internal static class Json
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        // A member that is misspelled would be passed over, and something else be done than was asked.
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        // The spelling of Words.Of: one word in database, API and screens.
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
        options.Converters.Add(new MoneyConverter());
        options.Converters.Add(new DecimalConverter());
        options.Converters.Add(new MonthConverter());
        options.Converters.Add(new AgreedPriceJson());
    }

    /// <summary><c>{"amount":"1234.50","currency":"USD"}</c>, with at least the currency's decimals.</summary>
    private sealed class MoneyConverter : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("No request holds money.");

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
        {
            var text = value.ToString();
            writer.WriteStartObject();
            writer.WriteString("amount", text.AsSpan(0, text.Length - 4)); // the rest is a space and the code
            writer.WriteString("currency", value.Currency.Code);
            writer.WriteEndObject();
        }
    }

    private sealed class DecimalConverter : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("No request holds a decimal.");

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private sealed class MonthConverter : JsonConverter<AccountingMonth>
    {
        public override AccountingMonth Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            AccountingMonth.TryParse(reader.GetString(), out var month) ? month : throw new JsonException("A month looks like 2026-11.");

        public override void Write(Utf8JsonWriter writer, AccountingMonth value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
