using Microsoft.OpenApi;

namespace Tieout.Api;

/// <summary>
/// Which members a document has to have, and may have. Of an answer all: whatever we answer is complete, so readers need not ask whether a
/// property is there; later versions may answer more. Of a request only those that nothing stands in for, and none that is not known.
/// </summary>
internal static class RequestSchemas
{
    private const string Needed = "tieout-needed";

    /// <summary>Takes a record for an answer, and remembers what it would need as a request.</summary>
    public static void Answered(OpenApiSchema schema, IEnumerable<string> members)
    {
        schema.Metadata ??= new Dictionary<string, object>(StringComparer.Ordinal);
        schema.Metadata.TryAdd(Needed, schema.Required ?? new SortedSet<string>(StringComparer.Ordinal));
        schema.Required = new SortedSet<string>(members, StringComparer.Ordinal);
    }

    /// <summary>Puts that back for everything that a request may hold, at any depth.</summary>
    public static void Loosen(OpenApiDocument document)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        var bodies = document.Paths.Values.SelectMany(path => (IEnumerable<OpenApiOperation>?)path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>())
            .SelectMany(operation => (IEnumerable<OpenApiMediaType>?)operation.RequestBody?.Content?.Values ?? Enumerable.Empty<OpenApiMediaType>());
        foreach (var body in bodies) Follow(document, body.Schema, seen);
    }

    private static void Follow(OpenApiDocument document, IOpenApiSchema? schema, HashSet<string> seen)
    {
        if (schema is OpenApiSchemaReference reference)
        {
            if (reference.Reference.Id is not { } id || !seen.Add(id)) return;
            document.Components!.Schemas!.TryGetValue(id, out schema);
        }
        if (schema is not OpenApiSchema own) return;
        if (own.Properties is { Count: > 0 }) own.AdditionalPropertiesAllowed = false;
        if (own.Metadata is { } kept && kept.TryGetValue(Needed, out var needed)) own.Required = (ISet<string>)needed;
        foreach (var member in (IEnumerable<IOpenApiSchema>?)own.Properties?.Values ?? Enumerable.Empty<IOpenApiSchema>()) Follow(document, member, seen);
        Follow(document, own.Items, seen);
        Follow(document, own.AdditionalProperties, seen);
        foreach (var one in (own.OneOf ?? []).Concat(own.AnyOf ?? []).Concat(own.AllOf ?? [])) Follow(document, one, seen);
    }
}
