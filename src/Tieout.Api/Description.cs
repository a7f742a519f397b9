using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Tieout.Domain;

namespace Tieout.Api;

/// <summary>The OpenAPI document; the tower's types are generated from it.</summary>
internal static class Description
{
    public static void AddDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.CreateSchemaReferenceId = type =>
            type.Type == typeof(Money) || type.Type == typeof(Money?) ? "Money" : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer(Schema);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Tieout",
                Version = "v1",
                Description = "Where all books stand, what stopped, and the story behind every figure. "
                    + "Amounts are strings with their currency beside them; every problem has a stable code.",
            };
            // Where it happens to listen is not part of the contract.
            document.Servers = [];
            RequestSchemas.Loosen(document);
            // The same text whenever it is written, so that a test can compare it.
            document.Tags = document.Tags?.OrderBy(tag => tag.Name, StringComparer.Ordinal).ToHashSet();
            return Task.CompletedTask;
        });
    });

    private static Task Schema(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        var orNull = type == context.JsonTypeInfo.Type ? default : JsonSchemaType.Null;
        // Answers may grow: only requests refuse what they do not know (RequestSchemas).
        if (schema.Properties is { Count: > 0 }) schema.AdditionalPropertiesAllowed = true;
        if (type == typeof(Money)) Describe(schema);
        else if (type.IsAssignableTo(typeof(IEnumerable<Money>))) schema.Items = Describe(new OpenApiSchema());
        else if (type == typeof(ProblemDetails)) Problem(schema);
        else if (type == typeof(decimal)) Text(schema, orNull, "A decimal number as text.", @"^-?\d+(\.\d+)?$");
        else if (type == typeof(AccountingMonth)) Text(schema, orNull, "A month of the books, such as 2026-11.", @"^\d{4}-\d{2}$");
        // Whatever we answer is complete: readers need not ask whether a property is there.
        else if (schema.Properties is { Count: > 0 } properties && type.Namespace?.StartsWith("Tieout.Application", StringComparison.Ordinal) == true)
            RequestSchemas.Answered(schema, properties.Keys);
        return Task.CompletedTask;
    }

    private static OpenApiSchema Describe(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Description = "An amount with its currency (ISO 4217).";
        schema.Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["amount"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = @"^-?\d+(\.\d+)?$" },
            ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Z]{3}$" },
        };
        schema.Required = new SortedSet<string>(StringComparer.Ordinal) { "amount", "currency" };
        return schema;
    }

    private static void Problem(OpenApiSchema schema)
    {
        schema.Properties ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        schema.Properties["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable; the texts may change." };
        schema.Properties["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "What is wrong with each field.",
            AdditionalProperties = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };
        schema.Required = new SortedSet<string>(StringComparer.Ordinal) { "code" };
    }

    private static void Text(OpenApiSchema schema, JsonSchemaType orNull, string description, string pattern)
    {
        schema.Type = JsonSchemaType.String | orNull;
        schema.Description = description;
        schema.Pattern = pattern;
        schema.Format = null;
    }
}
