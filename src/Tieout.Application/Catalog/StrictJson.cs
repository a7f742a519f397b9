using System.Globalization;
using System.Text.Json;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>JSON as the standard has it: no NaN, no comments, and no name twice in one object.</summary>
public static class StrictJson
{
    /// <summary>A text as a value; null beside one problem when it is not JSON.</summary>
    public static JsonElement? Parse(ReadOnlyMemory<byte> utf8, ICollection<PriceProblem> problems)
    {
        try
        {
            // Which of two equal names counts would be the reader's choice, and readers differ.
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 24 });
            return document.RootElement.Clone();
        }
        catch (JsonException trouble)
        {
            problems.Add(new PriceProblem(
                "(document)", "bad-json",
                string.Create(CultureInfo.InvariantCulture, $"This is not JSON near line {(trouble.LineNumber ?? 0) + 1}, or a name stands twice in an object."),
                "Write a JSON object; numbers in digits or as text, no NaN or Infinity."));
            return null;
        }
    }
}
